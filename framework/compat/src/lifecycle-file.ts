import { PomeloError } from '@pomelo-ts/common';
import type { Lifecycle } from '@pomelo-ts/core';
import { untilDone } from './callback.js';

type Call = (...args: unknown[]) => unknown;

const names = ['beforeStartup', 'afterStartup', 'afterStartAll', 'beforeShutdown'] as const;

/** The hooks of an old `lifecycle.js`, or of a plugin, as core's: those that take a callback end with it. */
export function oldHooks(
  file: string,
  hooks: object,
  oldApp: unknown,
  inside: <T>(fn: () => T) => T,
): Lifecycle {
  const has = hooks as Readonly<Record<string, Call | undefined>>;
  const found = names.filter((name) => typeof has[name] === 'function');
  if (found.length === 0) {
    const expected = `at least one of ${names.join(', ')}`;
    throw new PomeloError('APP_INVALID', { file, expected, got: Object.keys(hooks).join(', ') || 'none' });
  }
  return Object.fromEntries(
    found.map((name) => [name, () => inside(() => callHook(has[name]!, hooks, oldApp, name))]),
  );
}

/** pomelo ends a server by itself 3 s after its stop began, unless this is called; here the stop's own time counts. */
function cancelTimer(): void {}

function callHook(fn: Call, self: object, oldApp: unknown, name: (typeof names)[number]): Promise<unknown> {
  if (name !== 'beforeShutdown' || fn.length < 3) return untilDone(fn, self, [oldApp]);
  return new Promise((resolve, reject) => {
    const done = (error?: unknown): void => (error ? reject(error) : resolve(undefined));
    const returned = fn.call(self, oldApp, done, cancelTimer);
    Promise.resolve(returned).catch(reject);
  });
}
