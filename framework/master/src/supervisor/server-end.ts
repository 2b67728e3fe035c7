import { type Exit, showExit } from '../processes/server-process.js';
import { errorIn, tellsHeapEnd } from './error-in-lines.js';

/**
 * Kinds of end: by itself with an exit code, by a signal that nobody here has sent, for want of memory, killed as it hung,
 * stopped on purpose, and one of which nothing is known.
 */
export const endKinds = ['exit', 'signal', 'memory', 'hang', 'stopped', 'unknown'] as const;
export type EndKind = (typeof endKinds)[number];

/** How a life of a server has ended. */
export interface ServerEnd {
  readonly kind: EndKind;
  /** `exit code 1`, `out of memory (heap limit of Node)`. */
  readonly text: string;
  /** What it told of its error. */
  readonly error?: string;
}

/** What the master knows of an end beside the exit. */
export interface EndFacts {
  /** It was told to end. */
  readonly dismissed: boolean;
  /** It was killed as it did not answer. */
  readonly hung: boolean;
  /** What the server itself has reported as wrong. */
  readonly error?: string | undefined;
  /** Its last lines, as far as they are there yet. */
  readonly lines: readonly string[];
}

/** Signals that come from outside: what the process has logged before, such as the error of a handler, is not why it ended. */
const fromOutside: ReadonlySet<string> = new Set(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT']);

/** Tells how a life has ended. */
export function endOf(exit: Exit, facts: EndFacts): ServerEnd {
  const { dismissed, hung, lines } = facts;
  if (dismissed)
    return { kind: 'stopped', text: exit.signal === 'SIGKILL' ? 'stopped (SIGKILL)' : 'stopped' };
  if (hung) return { kind: 'hang', text: 'it hung and was killed' };
  if (exit.oom) return { kind: 'memory', text: 'out of memory (killed by the kernel)' };
  const aborted = exit.signal === 'SIGABRT' || exit.code === 134; // 128 + SIGABRT, of a shell or taskset in between
  if (aborted && tellsHeapEnd(lines)) return { kind: 'memory', text: 'out of memory (heap limit of Node)' };
  const ownDoing = exit.signal === null || !fromOutside.has(exit.signal);
  const error = facts.error ?? (ownDoing ? errorIn(lines) : undefined);
  const kind = exit.signal ? 'signal' : exit.code === null ? 'unknown' : 'exit';
  return { kind, text: showExit(exit), ...(error !== undefined && { error }) };
}

/** `exit code 1: TypeError: x is undefined`. */
export function showEnd({ text, error }: ServerEnd): string {
  return error === undefined ? text : `${text}: ${error}`;
}
