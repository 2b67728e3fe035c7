import { FakeClock } from '@pomelo-ts/common/testing';
import { describe, expect, it } from 'vitest';
import { LogTurns } from '../../src/servers/log-turns.js';

/** Lets all that can go on go on. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

function bench() {
  const clock = new FakeClock();
  const turns = new LogTurns(clock);
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const read = (name: string, id = 'chat-1', who = 'ann') =>
    turns.take(id, who, async () => {
      begun.push(name);
      await new Promise<void>((resolve) => ends.push(resolve));
      return name;
    });
  /** Ends the read that goes on, which took so long. */
  const end = async (ms: number) => {
    clock.pass(ms);
    ends.shift()!();
    await settled();
  };
  return { clock, turns, begun, read, end };
}

describe('who reads the log of a server', () => {
  it('waits for who reads it already, and for a rest of as long as that took; other logs do not wait', async () => {
    const { begun, read, end, clock } = bench();
    const first = read('a');
    void read('b');
    void read('c', 'chat-2');
    await settled();
    expect(begun).toEqual(['a', 'c']);
    await end(40);
    expect(await first).toBe('a');
    clock.pass(39);
    await settled();
    expect(begun).toEqual(['a', 'c']);
    clock.pass(1);
    await settled();
    expect(begun).toEqual(['a', 'c', 'b']);
  });

  it('goes round: one with many reads has one turn, and then each of the others has theirs', async () => {
    const { begun, read, end, clock } = bench();
    for (let n = 0; n < 5; n++) void read(`ann ${n}`);
    for (let n = 0; n < 2; n++) void read(`ben ${n}`, 'chat-1', 'ben');
    void read('cat 0', 'chat-1', 'cat');
    for (let n = 0; n < 8; n++) {
      await settled();
      if (n === 2) void read('dan 0', 'chat-1', 'dan');
      await end(1);
      clock.pass(1);
      await settled();
    }
    expect(begun).toEqual([
      ...['ann 0', 'ben 0', 'cat 0', 'ann 1', 'ben 1', 'dan 0', 'ann 2', 'ann 3', 'ann 4'],
    ]);
  });

  it('is refused when too many of its own reads wait, and keeps nobody else from waiting', async () => {
    const { read, turns } = bench();
    for (let n = 0; n < 16; n++) void read(`a${n}`);
    await expect(read('one more')).rejects.toMatchObject({ code: 'LOG_BUSY' });
    void read('b', 'chat-1', 'ben');
    void read('a', 'chat-2');
    for (let n = 0; n < 47; n++) void read(`c${n}`, 'chat-1', `c${n}`);
    await expect(turns.take('chat-1', 'dan', async () => 'd')).rejects.toMatchObject({ code: 'LOG_BUSY' });
  });

  it('is told why its read failed, which those behind it are not', async () => {
    const { turns, clock } = bench();
    const failing = turns.take('chat-1', 'ann', async () => {
      throw new Error('gone');
    });
    const next = turns.take('chat-1', 'ben', async () => 'read');
    await expect(failing).rejects.toThrow('gone');
    await settled();
    clock.pass(1);
    expect(await next).toBe('read');
    await settled();
    clock.pass(1);
    await settled();
    for (let n = 0; n < 16; n++) void turns.take('chat-1', 'ann', () => new Promise(() => {})); // all places are free again
  });
});
