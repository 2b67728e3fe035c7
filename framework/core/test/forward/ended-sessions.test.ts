import { Counters, silentLogger } from '@pomelo-ts/common';
import { describe, expect, it } from 'vitest';
import { aliveBytes, readAlive, writeAlive } from '../../src/forward/forward-frame.js';
import { UntoldEnds } from '../../src/forward/untold-ends.js';
import { BackendSessionTable } from '../../src/session/backend-session-table.js';
import { ByteReader } from '../../src/wire/byte-reader.js';

describe('ends of sessions that a backend could not be told', () => {
  it('are told once there is room, each with its reason', () => {
    const untold = new UntoldEnds();
    for (let id = 1; id <= 3; id++) untold.note(id, `reason ${id}`);
    const told: string[] = [];
    const upTo = (count: number) => (id: number, reason: string) =>
      told.length < count && told.push(`${id} ${reason}`) > 0;
    expect(untold.tell(upTo(2))).toBe(false);
    expect(untold.tell(upTo(9))).toBe(true);
    expect(told).toEqual(['1 reason 1', '2 reason 2', '3 reason 3']);
    expect(untold.owesAlive).toBe(false);
  });

  it('are not more than ten thousand: beyond, the backend is told who lives', () => {
    const untold = new UntoldEnds();
    for (let id = 1; id <= 50_000; id++) untold.note(id, 'disconnected');
    let told = 0;
    untold.tell(() => ++told > 0);
    expect([told, untold.owesAlive]).toEqual([10_000, true]);
  });
});

describe('the list of living sessions', () => {
  it('ends all others of its range of ids, and none outside of it', () => {
    const ended: number[] = [];
    const table = new BackendSessionTable({
      call: async () => {},
      listeners: [(session) => ended.push(session.id)],
      counters: new Counters(),
      logger: silentLogger,
    });
    const snapshot = { uid: null, address: '', settings: {} };
    for (let id = 1; id <= 8; id++) table.update('connector-1', 'boot', id, 0, snapshot);
    for (const part of [
      { from: 0, to: 4, ids: [2, 4] },
      { from: 5, to: 0xffffffff, ids: [5, 8] },
    ]) {
      const bytes = Buffer.alloc(aliveBytes(part.ids));
      writeAlive(bytes, 0, part);
      table.keepOnly('connector-1', 'boot', readAlive(new ByteReader(bytes, 0, bytes.length, 'connector-1')));
    }
    expect(ended).toEqual([1, 3, 6, 7]);
  });
});
