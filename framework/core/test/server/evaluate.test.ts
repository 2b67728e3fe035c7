import { FakeClock } from '@pomelo-ts/common/testing';
import { describe, expect, it } from 'vitest';
import type { Application } from '../../src/application.js';
import { evaluate } from '../../src/server/evaluating/evaluate.js';
import { Sittings } from '../../src/server/evaluating/sitting.js';

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

  it('throws with the frames of the code and what it has called, and none of those by which it is carried out', async () => {
    for (const more of [{}, { sitting: 'one' }]) {
      const { text } = await run('[1].map(() => nope)', more);
      expect(text).toMatch(/^ReferenceError: nope is not defined\n/);
      expect(text).toMatch(/at Array\.map /);
      expect(text.split('\n').at(-1)).toContain('what-the-operator-typed.js');
      const fields = await run('throw Object.assign(new Error("no"), { code: 7 })', more);
      expect(fields.text).toMatch(/what-the-operator-typed\.js:1\S* \{\n {2}code: 7\n\}$/);
      expect((await run('foo(', more)).text).toMatch(/SyntaxError: [^\n]+$/);
    }
    expect((await run('while (true);', { busyMs: 50 })).text).toContain('timed out after 50ms');
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

  it('keeps the names of the lines of a sitting, apart from those of others and of the process', async () => {
    const lines: [string, string][] = [
      ['const n = 2', '2'],
      ['let m', 'undefined'],
      ['m = await Promise.resolve(n + 1);', '3'],
      ['_ + n', '5'],
      ['const { a, b = 7 } = { a: 1 };', '{ a: 1 }'],
      ['[app.serverId, a, b]', "[ 'chat-1', 1, 7 ]"],
      ['function twice(x) { return 2 * x; }', '[Function: twice]'],
      ['class Room { size = twice(n); }', '[class Room]'],
      ['new Room()', 'Room { size: 4 }'],
      ['for (const x of [1, 2]) m += x', '6'],
      ['let k = 1; k + m', '7'],
      ['k += await 1; return k', '2'],
      ['k', '2'],
      ['{ a: m }', '{ a: 6 }'],
    ];
    for (const [code, text] of lines)
      expect([code, await run(code, { sitting: 'one' })]).toEqual([code, { ended: 'value', text }]);
    for (const sitting of ['two', undefined])
      expect(await run('m', { sitting })).toMatchObject({
        ended: 'error',
        text: expect.stringMatching(/^ReferenceError: m is not defined/),
      });
    expect('m' in globalThis || 'n' in globalThis).toBe(false);
  });

  it('gives no name in a sitting that the process has', async () => {
    for (const code of ['const process = 1', 'let Map', 'function fetch() {}', 'const app = 1'])
      expect(await run(code, { sitting: 'one' })).toMatchObject({
        ended: 'error',
        text: expect.stringContaining('take another name'),
      });
  });

  it('forgets a sitting that was idle, and the one that was idle longest where there are too many', async () => {
    const clock = new FakeClock();
    const sittings = new Sittings(clock);
    sittings.of('a')['x'] = 1;
    sittings.of('of nobody')['x'] = 1;
    clock.pass(29 * 60_000);
    expect(sittings.of('a')['x']).toBe(1);
    clock.pass(29 * 60_000);
    expect(sittings.of('a')['x']).toBe(1);
    for (let i = 0; i < 15; i++) sittings.of(`of others ${i}`);
    expect(sittings.of('a')['x']).toBe(1);
    sittings.of('one too many');
    expect(sittings.of('a')['x']).toBe(1);
    for (let i = 0; i < 16; i++) sittings.of(`of others ${i}`);
    expect(() => sittings.of('a')['x']).toThrow('x is not defined');
    clock.pass(31 * 60_000);
    expect(() => sittings.of('of others 15')['x']).toThrow('x is not defined');
  });
});
