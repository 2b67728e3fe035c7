import { describe, expect, it } from 'vitest';
import { errorTable, isPomeloError, PomeloError, reasonOf } from '../src/errors.js';

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
});
