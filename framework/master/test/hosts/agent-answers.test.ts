import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../src/hosts/agent-answers.js';
import { readFailure } from '../../src/hosts/agent-failures.js';
import type { AgentMethod } from '../../src/hosts/agent-messages.js';
import { truthfulFacts } from './lying-host.js';

const place = { id: 'chat-1', host: 'game-b', ports: [3000] };
const order = { server: { id: 'chat-1' }, boot: { id: 'chat-1', term: 3 } };
const nextPlace = { offset: 5, before: 'YQ==' };

/** What is asked, and what a true answer to it is. */
const truths: Readonly<Record<Exclude<AgentMethod, 'kill' | 'ping'>, readonly [unknown[], unknown]>> = {
  launch: [[order], 17],
  left: [[], [{ id: 'chat-1', bootId: 'b', pid: 17, start: '5' }]],
  ended: [[{}], { exit: { code: 1, signal: null }, lines: ['x'] }],
  acting: [[], { leader: 'm (pid 2)', silentMs: 5, at: { host: '10.0.0.1', port: 3005 } }],
  elsewhere: [[[place]], [{ id: 'chat-1', pid: 17, root: '/srv/old', port: 3000 }]],
  missingFiles: [
    [[[['-r', './a.js'], ['--env-file=.env']], [['--import', './b.js']]]],
    [['expected a', 'expected .env'], []],
  ],
  lastLines: [['chat-1'], ['x']],
  readLog: [['chat-1', { lines: 5 }], { lines: ['x'], next: nextPlace, more: false }],
  facts: [
    [],
    { ...truthfulFacts, disks: [{ folder: 'logs', freeBytes: 5, sizeBytes: 9, unwritable: 'ENOSPC' }] },
  ],
};
const methods = Object.keys(truths) as (keyof typeof truths)[];

const odd: readonly unknown[] = [
  ...[5.5, -1, 1e308, true, 'x', [5], {}, [[]], [null], [{}]],
  ...[JSON.parse('{"toString":1,"valueOf":1}'), JSON.parse('{"__proto__":{"lines":[]}}')],
  JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`),
];

const read = (method: AgentMethod, value: unknown) =>
  readAnswer(method, truths[method as 'left']?.[0] ?? [], value);

describe('an answer of a host agent', () => {
  it.each(methods)('to %s is taken with what belongs there, and nothing else', (method) => {
    const [, answer] = truths[method];
    expect(read(method, answer)).toEqual(answer);
    const more = Array.isArray(answer)
      ? answer.map((one: unknown) =>
          typeof one === 'object' && !Array.isArray(one) ? { ...one, besides: odd } : one,
        )
      : typeof answer === 'object'
        ? { ...answer, besides: odd }
        : answer;
    expect(read(method, more)).toEqual(answer);
  });

  it.each(methods)('to %s that makes no sense is none', (method) => {
    const [, answer] = truths[method];
    for (const [n, value] of odd.entries()) expect(() => read(method, value), `${n}`).toThrow('expected');
    const fields = Object.keys(Array.isArray(answer) ? answer[0] : (answer as object));
    for (const field of method === 'launch' || method === 'lastLines' ? [] : fields) {
      if (field === 'at') continue; // a hint
      const wrong = { ...(Array.isArray(answer) ? answer[0] : (answer as object)), [field]: odd.at(-3) };
      expect(() => read(method, Array.isArray(answer) ? [wrong] : wrong), field).toThrow('expected');
    }
  });

  it('names only processes that a server can be', () => {
    for (const pid of [-1, 0, 1, 2 ** 40, 7.5]) {
      expect(() => read('launch', pid)).toThrow('expected');
      expect(() => read('left', [{ id: 'chat-1', bootId: 'b', pid }])).toThrow('expected');
    }
  });

  it('has no more in it than was asked for', () => {
    const disk = { folder: 'logs', freeBytes: 1, sizeBytes: 9 };
    expect(() => read('facts', { ...truthfulFacts, disks: [disk, disk, disk] })).toThrow('expected');
    expect(() => read('facts', { ...truthfulFacts, disks: [{ ...disk, folder: '/etc' }] })).toThrow(
      'expected',
    );
    const runs = { id: 'chat-1', pid: 17, root: '/a\nb', port: 3000 };
    const many = [...Array<object>(500).fill(runs), { ...runs, id: 'chat-9' }];
    expect(read('elsewhere', many)).toEqual([{ ...runs, root: '/a?b' }]);
    expect(() => read('lastLines', Array(21).fill('x'))).toThrow('expected');
    const two = ['a', 'b'];
    for (const wrong of [[two, two], [[...two, 'c'], []], [two, [], []], [two]])
      expect(() => read('missingFiles', wrong)).toThrow('expected');
    expect(read('missingFiles', [['a\nb'], ['x'.repeat(5000)]])).toEqual([['a?b'], ['x'.repeat(500)]]);
    const part = { lines: ['x'.repeat(6_000_000)], next: nextPlace, more: false };
    expect(() => read('readLog', part)).toThrow('expected');
  });

  it('has one line where one is shown', () => {
    const reason = '\u001b[2J\nall is well\u2028'.repeat(1000);
    const end = read('ended', { exit: { code: null, signal: null, reason }, lines: ['a\nb'] });
    expect(JSON.stringify(end)).toMatch(
      /^\{"exit":\{"code":null,"signal":null,"reason":"\?\[2J\?all is well\?/,
    );
    expect(JSON.stringify(end).length).toBeLessThan(600);
    expect(end).toMatchObject({ lines: ['a b'] });
    expect(read('acting', { leader: reason, silentMs: 0, at: { host: 'x', port: 70_000 } })).toEqual({
      leader: expect.stringMatching(/^[^\p{Cc}]{1,500}$/u),
      silentMs: 0,
    });
  });
});

describe('what a host agent fails with', () => {
  const failure = (method: AgentMethod, error: unknown) =>
    readFailure('game-b', method, truths[method as 'left'][0], error);

  it('is the same error here where agents raise it, with what this end knows by itself', () => {
    const facts = { serverId: 'x', host: 'y', pid: 17, bootId: 'b\n' };
    expect(failure('launch', { message: 'm', code: 'SERVER_RUNS_ALREADY', facts })).toMatchObject({
      code: 'SERVER_RUNS_ALREADY',
      facts: { serverId: 'chat-1', host: 'game-b', pid: 17, bootId: 'b?' },
    });
    const over = { serverId: 'x', host: 'y', term: 99, later: 4, file: '/a/term' };
    expect(failure('launch', { message: 'm', code: 'TERM_OVER', facts: over })).toMatchObject({
      facts: { serverId: 'chat-1', host: 'game-b', term: 3, later: 4, file: '/a/term' },
    });
    expect(
      failure('readLog', { message: 'm', code: 'LOG_MISSING', facts: { reason: 'no\nfile' } }).message,
    ).toBe('chat-1 has no log that can be read: game-b says: no?file');
  });

  it.each([
    ['left', 'MASTER_LEADS', { host: 'h', leader: 'x' }],
    ['launch', 'MASTER_LEADS', {}],
    ['left', 'TERM_OVER', { host: 'h' }],
    ['facts', 'HOST_LOST', { host: 'h', reason: 'r' }],
    ['facts', 'constructor', {}],
    ['facts', '__proto__', {}],
    ['acting', undefined, undefined],
  ] as const)('at %s with the code %s is no more than the word of its host', (method, code, facts) => {
    const error = failure(method, { message: 'all\nis well'.repeat(10_000), code, facts });
    expect(error.code).toBe('HOST_FAILED');
    expect(error.message).toMatch(/^game-b said: all\?is well[^\p{Cc}]{1,500}$/u);
  });

  it.each([
    ['launch', { message: 'm', code: 'TERM_OVER', facts: { later: 'x' } }],
    ['launch', { message: 'm', code: 'TERM_OVER' }],
    ['left', { message: { toString: 1 } }],
    ['left', null],
    ['left', 'x'],
  ] as const)('at %s and is no error is none', (method, error) => {
    expect(() => failure(method, error)).toThrow('expected');
  });
});
