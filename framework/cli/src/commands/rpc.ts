import { parseDuration } from '@pomelo-ts/common';
import { type AskedOptions, withMaster } from '../asked-master.js';
import { valueIn } from '../console/value.js';
import { exitCodes } from '../failure.js';
import type { Terminal } from '../terminal.js';
import { escapedLines, jsonText } from '../view/escaped.js';

/** Options of `pomelo-ts rpc`. */
export interface RpcOptions extends AskedOptions {
  /** `type.remote.method`. */
  readonly method: string;
  /** JSON each; what is none is a text. */
  readonly args: readonly string[];
  /** The server to call it on. */
  readonly on: string | undefined;
  /** A duration with its unit. */
  readonly timeout: string;
}

/** Options of `pomelo-ts eval`. */
export interface EvalOptions extends AskedOptions {
  readonly id: string;
  readonly code: string;
  readonly timeout: string;
}

/** Calls a remote of the game, and prints what it answers as JSON. */
export async function rpc(options: RpcOptions, terminal: Terminal): Promise<number> {
  const { method, on: id } = options;
  const timeoutMs = timeIn(options, terminal);
  if (timeoutMs === undefined) return exitCodes.usage;
  let args: readonly unknown[];
  try {
    args = options.args.map(valueIn);
  } catch (error) {
    terminal.err(escapedLines((error as Error).message));
    return exitCodes.usage;
  }
  const { value } = await withMaster(options, ({ client }) =>
    client.operate('remotes.call', { method, args, timeoutMs, ...(id !== undefined && { id }) }),
  );
  terminal.out(jsonText(value, 2));
  return exitCodes.fine;
}

/** Has a server carry out code, and prints what that gives. Exit code 1 when it throws. */
export async function evaluate(options: EvalOptions, terminal: Terminal): Promise<number> {
  const { id, code } = options;
  const timeoutMs = timeIn(options, terminal);
  if (timeoutMs === undefined) return exitCodes.usage;
  const { ended, text } = await withMaster(options, ({ client }) =>
    client.operate('code.eval', { id, code, timeoutMs }),
  );
  if (ended === 'value') terminal.out(escapedLines(text));
  else terminal.err(escapedLines(text));
  return ended === 'value' ? exitCodes.fine : exitCodes.failure;
}

function timeIn({ timeout }: { readonly timeout: string }, terminal: Terminal): number | undefined {
  const ms = parseDuration(timeout);
  if (!ms) terminal.err(`expected --timeout as a duration with its unit, such as "5s"; got ${timeout}`);
  return ms || undefined;
}
