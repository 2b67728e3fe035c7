import { describe, expect, it } from 'vitest';
import { type ErrorCode, errorTable, isPomeloError, PomeloError, reasonOf } from '../src/errors.js';

describe('PomeloError', () => {
  it('makes its message from its facts and keeps them', () => {
    const error = new PomeloError('RPC_TIMEOUT', {
      target: 'chat-1',
      method: 'chat.chatRemote.add',
      ms: 3000,
    });
    expect(error.message).toBe('chat-1 did not answer chat.chatRemote.add within 3000 ms.');
    expect(error).toMatchObject({ code: 'RPC_TIMEOUT', status: 504, retryable: true, facts: { ms: 3000 } });
  });

  it('names every fact that a message has in braces', () => {
    for (const { message } of Object.values(errorTable)) expect(message).not.toMatch(/\{\W|\{\}/);
  });

  it('is recognised by its code', () => {
    const error: unknown = new PomeloError('SESSION_TAKEN', { uid: 'ann' });
    expect(isPomeloError(error)).toBe(true);
    expect(isPomeloError(error, 'SESSION_TAKEN')).toBe(true);
    expect(isPomeloError(error, 'SESSION_GONE')).toBe(false);
    expect(isPomeloError(new Error('x'))).toBe(false);
  });
});

describe('reasonOf', () => {
  it('gives one line for whatever was thrown', () => {
    expect(reasonOf(new Error('full'))).toBe('full');
    expect(reasonOf(new TypeError())).toBe('TypeError');
    expect(reasonOf('text')).toBe('text');
    expect(reasonOf(new AggregateError([new Error('a'), new Error('b')]))).toBe('a; b');
  });

  it('leaves no place of its text unfilled, whatever a game has given for a fact, for every code', () => {
    for (const code of Object.keys(errorTable) as ErrorCode[]) {
      const names = [...errorTable[code].message.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const value of [undefined, null, { toString: 1 }, () => 1]) {
        const facts = Object.fromEntries(names.map((name) => [name, value]));
        expect(new PomeloError(code, facts as never).message).not.toMatch(/\{\w+\}/);
      }
    }
  });
});
