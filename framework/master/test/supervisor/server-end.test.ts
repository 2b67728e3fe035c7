import { describe, expect, it } from 'vitest';
import { endOf, showEnd } from '../../src/supervisor/server-end.js';

const facts = { dismissed: false, hung: false, lines: [] as string[] };
const code = (n: number) => ({ code: n, signal: null });
const signal = (name: string) => ({ code: null, signal: name });

describe('the end of a server', () => {
  it('is an exit code with the error that its log tells last', () => {
    const lines = [
      '{"level":"error","msg":"an older one","error":{"message":"old"}}',
      JSON.stringify({
        level: 'error',
        msg: 'ends',
        error: { type: 'TypeError', message: 'x is\nundefined' },
      }),
      '{"level":"info","msg":"one that is no error"}',
      'a line of the game',
      '{"level":"error", cut',
    ];
    const end = endOf(code(1), { ...facts, lines });
    expect(end).toEqual({ kind: 'exit', text: 'exit code 1', error: 'TypeError: x is' });
    expect(showEnd(end)).toBe('exit code 1: TypeError: x is');
  });

  it('tells the error that Node prints with its stack, and a logged one without a cause', () => {
    const stack = ['/game/app.js:3', 'RangeError: too far', '    at main (/game/app.js:3:9)'];
    expect(endOf(code(1), { ...facts, lines: stack }).error).toBe('RangeError: too far');
    expect(endOf(code(1), { ...facts, lines: ['{"level":"error","msg":"no room"}'] }).error).toBe('no room');
    expect(endOf(code(3), facts)).toEqual({ kind: 'exit', text: 'exit code 3' });
  });

  it('tells what Node says of arguments that it does not take', () => {
    const lines = ['/usr/local/bin/node: bad option: --nosuch'];
    expect(showEnd(endOf(code(9), { ...facts, lines }))).toBe('exit code 9: bad option: --nosuch');
  });

  it('prefers what the server itself has reported', () => {
    const lines = ['Error: of the log'];
    expect(endOf(code(1), { ...facts, error: 'the port is in use', lines }).error).toBe('the port is in use');
  });

  it('is a crash by a signal that nobody here has sent', () => {
    expect(endOf(signal('SIGSEGV'), facts)).toEqual({ kind: 'signal', text: 'signal SIGSEGV' });
    expect(endOf(signal('SIGKILL'), facts).kind).toBe('signal');
    expect(endOf({ code: null, signal: null }, facts)).toEqual({ kind: 'unknown', text: 'an unknown end' });
  });

  it('by a signal from outside is not blamed on what the server has logged before', () => {
    const lines = ['{"level":"error","msg":"chat.chatHandler.look failed","error":{"message":"too slow"}}'];
    for (const name of ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'])
      expect(showEnd(endOf(signal(name), { ...facts, lines }))).toBe(`signal ${name}`);
    expect(endOf(signal('SIGABRT'), { ...facts, lines }).error).toBe('too slow');
    expect(endOf(signal('SIGKILL'), { ...facts, error: 'the port is in use', lines }).error).toBe(
      'the port is in use',
    );
  });

  it('is want of memory when the kernel says so, or Node whose heap is full', () => {
    expect(endOf({ ...signal('SIGKILL'), oom: true }, facts)).toEqual({
      kind: 'memory',
      text: 'out of memory (killed by the kernel)',
    });
    const told = ['FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory'];
    const stackOnly = [
      ' 2: 0xb6 v8::internal::V8::FatalProcessOutOfMemory(v8::internal::Isolate*, char const*)',
    ];
    for (const [exit, lines] of [
      [signal('SIGABRT'), told],
      [code(134), told],
      [signal('SIGABRT'), stackOnly],
    ] as const)
      expect(endOf(exit, { ...facts, lines })).toEqual({
        kind: 'memory',
        text: 'out of memory (heap limit of Node)',
      });
    expect(endOf(signal('SIGABRT'), facts).kind).toBe('signal');
    expect(endOf(code(1), { ...facts, lines: told }).kind).toBe('exit');
  });

  it('is a hang when the master has killed it, and a stop when an operator wanted it', () => {
    expect(endOf(signal('SIGKILL'), { ...facts, hung: true }).kind).toBe('hang');
    expect(endOf(code(0), { ...facts, dismissed: true })).toEqual({ kind: 'stopped', text: 'stopped' });
    expect(endOf(signal('SIGKILL'), { ...facts, dismissed: true }).text).toBe('stopped (SIGKILL)');
  });
});
