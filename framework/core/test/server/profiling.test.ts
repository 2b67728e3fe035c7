import { afterEach, describe, expect, it } from 'vitest';
import { type ProfileWish, Profiling } from '../../src/server/profiling/profiling.js';

const long = (name: string): ProfileWish => ({ name, kind: 'cpu', ms: 60_000 });
const short = (name: string): ProfileWish => ({ name, kind: 'cpu', ms: 1 });

const profiling = new Profiling('chat-1', () => 0);
afterEach(() => {
  for (const name of ['one', 'two']) profiling.forget(name);
});

describe('a profile of a server', () => {
  it('is taken no further once whoever asked for it is gone, and the next one may begin', async () => {
    const taking = profiling.take(long('one'));
    profiling.forget('one');
    await expect(taking).rejects.toThrow('whoever asked for it is gone');
    const { bytes } = await profiling.take(short('two'));
    const { base64, next } = await profiling.read('two', 0);
    expect([Buffer.from(base64, 'base64').length, next]).toEqual([bytes, bytes]);
  });

  it('is not ended by another who is gone, who was refused for it', async () => {
    const taking = profiling.take(long('one'));
    await expect(profiling.take(short('two'))).rejects.toMatchObject({ code: 'PROFILE_UNDER_WAY' });
    profiling.forget('two');
    await expect(profiling.take(short('two'))).rejects.toMatchObject({ code: 'PROFILE_UNDER_WAY' });
    profiling.forget('one');
    await expect(taking).rejects.toThrow('is gone');
  });

  it('that waits to be fetched is not forgotten with the name of another', async () => {
    await profiling.take(short('one'));
    profiling.forget('two');
    expect((await profiling.read('one', 0)).base64).not.toBe('');
    profiling.forget('one');
    await expect(profiling.read('one', 0)).rejects.toMatchObject({ code: 'PROFILE_GONE' });
  });
});
