import { inspect } from 'node:util';
import { constants, Script } from 'node:vm';
import { type Clock, systemClock } from '@pomelo-ts/common';
import type { Application } from '../../application.js';
import { inTime } from '../own-remotes.js';
import { typedFile } from './typed-file.js';

/** Code that an operator has asked the master to have carried out here. */
export interface AskedCode {
  readonly code: string;
  /** How long it may take in all. */
  readonly timeoutMs: number;
  /** How long it may keep this process busy at a stretch: all clients wait meanwhile. */
  readonly busyMs: number;
}

/** What came of it, as Node shows values to people. */
export interface EvaluatedCode {
  readonly ended: 'value' | 'error';
  readonly text: string;
}

/** Most that is shown, in characters. */
const mostText = 64 * 1024;
/** How long it may take to show a value, in ms. */
const showMs = 1000;
const shown = { depth: 4, maxArrayLength: 200, maxStringLength: 16_384, breakLength: 100 } as const;

/**
 * Carries out code in this process, with `app` and all that is global: an expression, or statements of which one returns something. It may
 * wait for promises and import modules. A loop without end is ended after `busyMs`, one that begins after it has waited is not, nor
 * one in the `then` of what it gives: then the process hangs, and its master says so. What it leaves behind, a promise that fails or a timer
 * that throws, does not end the process either.
 */
export async function evaluate(
  app: Application,
  { code, timeoutMs, busyMs }: AskedCode,
  clock: Clock = systemClock,
): Promise<EvaluatedCode> {
  try {
    const typed = compiled(code, busyMs);
    const value = await inTime(async () => atMost(busyMs, () => typed(app)), timeoutMs, clock);
    return { ended: 'value', text: textOf(value) };
  } catch (error) {
    return { ended: 'error', text: textOf(error) };
  }
}

type Typed = (app: Application) => Promise<unknown>;

/** @throws SyntaxError */
function compiled(code: string, busyMs: number): Typed {
  const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
  const compile = (source: string) =>
    new Script(source, { filename: typedFile, importModuleDynamically }).runInThisContext({
      timeout: busyMs,
    }) as Typed;
  try {
    return compile(`(async (app) => (${code}\n))`);
  } catch {
    return compile(`(async (app) => {${code}\n})`);
  }
}

const key = Symbol.for('pomelo-ts what an operator has carried out');
const call = new Script('globalThis[Symbol.for("pomelo-ts what an operator has carried out")]()');

/** Only what is called from within a script can be ended while it is busy. @throws Error when it was */
function atMost<T>(busyMs: number, work: () => T): T {
  const holder = globalThis as { [key]?: () => T };
  holder[key] = work;
  try {
    return call.runInThisContext({ timeout: busyMs }) as T;
  } finally {
    delete holder[key];
  }
}

/** A value may have code of its own that shows it. */
function textOf(value: unknown): string {
  try {
    const text = atMost(showMs, () => inspect(value, shown));
    return text.length <= mostText
      ? text
      : `${text.slice(0, mostText)}… and ${text.length - mostText} more characters`;
  } catch {
    return 'something that cannot be shown';
  }
}
