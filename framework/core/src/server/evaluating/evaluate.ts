import { inspect } from 'node:util';
import { constants, Script } from 'node:vm';
import { type Clock, systemClock } from '@pomelo-ts/common';
import type { Application } from '../../application.js';
import { inTime } from '../own-remotes.js';
import { withoutOwnFrames } from './own-frames.js';
import { keepingNames, type Names, Sittings } from './sitting.js';
import { typedFile } from './typed-file.js';

/** Code that an operator has asked the master to have carried out here. */
export interface AskedCode {
  readonly code: string;
  /** Lines of the same sitting share their names. @default it is alone */
  readonly sitting?: string;
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
  { code, sitting, timeoutMs, busyMs }: AskedCode,
  clock: Clock = systemClock,
): Promise<EvaluatedCode> {
  try {
    const names = sitting === undefined ? undefined : sittings.of(sitting);
    const typed = compiled(names ? inSitting(keepingNames(code)) : alone(code), busyMs);
    const value = await inTime(async () => atMost(busyMs, () => typed(app, names)), timeoutMs, clock);
    if (names && value !== undefined) names['_'] = value;
    return { ended: 'value', text: textOf(value) };
  } catch (error) {
    return { ended: 'error', text: withoutOwnFrames(textOf(error), ownFile) };
  }
}

/** Its name in stacks, in which it may stand with a path or an address before it. */
const ownFile = import.meta.url.slice(import.meta.url.lastIndexOf('/') + 1);

const sittings = new Sittings(systemClock);

type Typed = (app: Application, names: Names | undefined) => Promise<unknown>;

/** As an expression, and as statements. */
const alone = (code: string) => [`(async (app) => (${code}\n))`, `(async (app) => {${code}\n})`];
/** Of statements too something is shown, as far as `eval` takes them: it knows no `return`, and waits for nothing. */
const inSitting = (code: string) =>
  [`return (${code}\n);`, isScript(code) ? `return eval(${JSON.stringify(code)});` : `${code}\n`].map(
    (body) => `(async (app, names) => { with (names) { ${body} } })`,
  );

function isScript(code: string): boolean {
  try {
    new Script(code);
    return true;
  } catch {
    return false;
  }
}

/** The first of these that is code. @throws SyntaxError of the last one */
function compiled([source, ...others]: readonly string[], busyMs: number): Typed {
  const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
  try {
    const script = new Script(source!, { filename: typedFile, importModuleDynamically });
    return script.runInThisContext({ timeout: busyMs }) as Typed;
  } catch (error) {
    if (others.length === 0) throw error;
    return compiled(others, busyMs);
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
