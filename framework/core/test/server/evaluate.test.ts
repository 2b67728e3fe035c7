import { describe, expect, it } from 'vitest';
import type { Application } from '../../src/application.js';
import { evaluate } from '../../src/server/evaluating/evaluate.js';

const app = { serverId: 'chat-1' } as Application;
const run = (code: string, more: object = {}) =>
  evaluate(app, { code, timeoutMs: 10_000, busyMs: 10_000, ...more });

describe('code that an operator has carried out', () => {
  it.each([
    ['an expression', 'app.serverId', "'chat-1'"],
    ['an object', '{ a: [1, 2] }', '{ a: [ 1, 2 ] }'],
    ['statements', 'const n = 2; return n + 1', '3'],
    ['a comment at its end', '1 + 1 // two', '2'],
    ['a promise', 'await Promise.resolve(new Map([[1, 2]]))', 'Map(1) { 1 => 2 }'],
    ['a module', "(await import('node:path')).sep", "'/'"],
    ['statements that return nothing', 'let n = 1;', 'undefined'],
  ])('gives what it gives: %s', async (_, code, text) =>
    expect(await run(code)).toEqual({ ended: 'value', text }),
  );

  it('gives what it throws, with its place', async () => {
    const { ended, text } = await run('(() => { throw new TypeError("on purpose"); })()');
    expect([ended, text]).toEqual([
      'error',
      expect.stringMatching(/^TypeError: on purpose\n.*what-the-operator-typed\.js:1/),
    ]);
    expect(await run('return }')).toMatchObject({
      ended: 'error',
      text: expect.stringContaining('SyntaxError'),
    });
    expect(await run('throw "a text"')).toEqual({ ended: 'error', text: "'a text'" });
  });

  it('is ended when it keeps the process busy', async () => {
    expect(await run('while (true);', { busyMs: 50 })).toMatchObject({
      ended: 'error',
      text: expect.stringContaining('timed out after 50ms'),
    });
    const shows = '({ [Symbol.for("nodejs.util.inspect.custom")]() { while (true); } })';
    expect(await run(shows)).toEqual({
      ended: 'value',
      text: 'something that cannot be shown',
    });
    expect(await run('1 + 1')).toEqual({ ended: 'value', text: '2' });
  });

  it('is waited for no longer than was said', async () => {
    expect(await run('new Promise(() => {})', { timeoutMs: 20 })).toMatchObject({
      ended: 'error',
      text: expect.stringContaining('there was no answer within 20 ms'),
    });
  });

  it.each([
    ['throws', '{ then() { throw new Error("of then"); } }', 'error', 'Error: of then'],
    ['throws as it is read', '{ get then() { throw new Error("of then"); } }', 'error', 'Error: of then'],
    [
      'fails with what cannot be read',
      '{ then(_, no) { no({ get stack() { throw 1; } }); } }',
      'error',
      'stack',
    ],
    ['gives first and throws then', '{ then(yes) { yes(7); throw new Error("late"); } }', 'value', '7'],
    ['never calls back', '{ then() {} }', 'error', 'there was no answer within 20 ms'],
    ['fails once nobody waits', '{ then(_, no) { app.fail = no; } }', 'error', 'no answer'],
  ])(
    'is over when the then of what it gives %s, and leaves no promise behind',
    async (_, code, ended, text) => {
      const strays: unknown[] = [];
      const stray = (error: unknown) => strays.push(error);
      process.on('unhandledRejection', stray);
      try {
        expect(await run(`(${code})`, { timeoutMs: 20 })).toEqual({
          ended,
          text: expect.stringContaining(text),
        });
        (app as { fail?: (error: Error) => void }).fail?.(new Error('late'));
        await new Promise(setImmediate);
        expect(strays).toEqual([]);
      } finally {
        process.off('unhandledRejection', stray);
      }
    },
  );

  it('shows no more than people read', async () => {
    const { text } = await run('Array.from({ length: 200 }, () => "x".repeat(10_000))');
    expect(text.length).toBeLessThan(66_000);
    expect(text).toMatch(/… and \d+ more characters$/);
  });

  it('leaves nothing behind in the process', async () => {
    const before = [...Object.getOwnPropertyNames(globalThis), ...Object.getOwnPropertySymbols(globalThis)];
    await run('app');
    await run('while (true);', { busyMs: 50 });
    expect([...Object.getOwnPropertyNames(globalThis), ...Object.getOwnPropertySymbols(globalThis)]).toEqual(
      before,
    );
  });
});
