import { Measures, silentLogger } from '@pomelo-ts/common';
import { FakeClock } from '@pomelo-ts/common/testing';
import { describe, expect, it } from 'vitest';
import { aliveBytes, readAlive, writeAlive } from '../../src/forward/forward-frame.js';
import { UntoldEnds } from '../../src/forward/untold-ends.js';
import { coreMeasures } from '../../src/measures.js';
import { BackendSessionTable } from '../../src/session/backend-session-table.js';
import { ByteReader } from '../../src/wire/byte-reader.js';

const never = (): boolean => false;

describe('ends of sessions that a backend could not be told', () => {
  it('are told once there is room, each with its reason', () => {
    const untold = new UntoldEnds();
    for (let id = 1; id <= 3; id++) untold.note(id, `reason ${id}`);
    const told: string[] = [];
    const upTo = (count: number) => (id: number, word: string | number) =>
      told.length < count && told.push(`${id} ${word}`) > 0;
    expect(untold.tell(upTo(2), never)).toBe(false);
    expect(untold.tell(upTo(9), never)).toBe(true);
    expect(told).toEqual(['1 reason 1', '2 reason 2', '3 reason 3']);
    expect(untold.owesAlive).toBe(false);
  });

  it('come after the news that a session has come, as it may have ended since', () => {
    const untold = new UntoldEnds();
    untold.note(4, 'gone');
    untold.noteTaken({ id: 's', number: 4, moves: 2 });
    const told: unknown[] = [];
    const room = () => told.length < 1;
    const send = (number: number, word: string | number) => room() && told.push([number, word]) > 0;
    const sendTaken = (session: object) => room() && told.push(session) > 0;
    expect(untold.tell(send, sendTaken)).toBe(false);
    expect(told.splice(0)).toEqual([{ id: 's', number: 4, moves: 2 }]);
    expect(untold.tell(send, sendTaken)).toBe(true);
    expect(told).toEqual([[4, 'gone']]);
  });

  it('are not more than ten thousand: beyond, the backend is told who lives', () => {
    const untold = new UntoldEnds();
    for (let id = 1; id <= 50_000; id++) untold.note(id, 'disconnected');
    let told = 0;
    untold.tell(() => ++told > 0, never);
    expect([told, untold.owesAlive]).toEqual([10_000, true]);
  });
});

describe('the list of living sessions', () => {
  it('ends all others of its range of numbers, and none outside of it', () => {
    const ended: string[] = [];
    const table = new BackendSessionTable({
      serverId: 'chat-1',
      call: async () => {},
      listeners: [(session) => ended.push(session.id)],
      clock: new FakeClock(),
      counters: new Measures().makeAll(coreMeasures),
      logger: silentLogger,
    });
    const snapshot = { uid: null, address: '', settings: {} };
    for (let number = 1; number <= 8; number++)
      table.update('connector-1', 'boot', { id: `s${number}`, number, moves: 0 }, 0, snapshot, 0);
    for (const part of [
      { from: 0, to: 4, numbers: [2, 4] },
      { from: 5, to: 0xffffffff, numbers: [5, 8] },
    ]) {
      const bytes = Buffer.alloc(aliveBytes(part.numbers));
      writeAlive(bytes, 0, part);
      table.keepOnly('connector-1', 'boot', readAlive(new ByteReader(bytes, 0, bytes.length, 'connector-1')));
    }
    expect(ended).toEqual(['s1', 's3', 's6', 's7']);
  });
});
