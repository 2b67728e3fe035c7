import { Measures, silentLogger } from '@pomelo-ts/common';
import { FakeClock } from '@pomelo-ts/common/testing';
import { describe, expect, it } from 'vitest';
import { coreMeasures } from '../../src/measures.js';
import { BackendSessionTable } from '../../src/session/backend-session-table.js';
import { sessionRoom } from '../../src/session/frontend-life.js';
import { longestMoveMs } from '../../src/session/moving-sessions.js';

/* What a backend makes of the words of two frontends, which come by two connections. */

const snapshot = { uid: null, address: '', settings: {} };

function backend() {
  const ends: string[] = [];
  const clock = new FakeClock();
  const counters = new Measures().makeAll(coreMeasures);
  const table = new BackendSessionTable({
    serverId: 'chat-1',
    call: async () => {},
    listeners: [({ id }, reason) => ends.push(`${id} ${reason}`)],
    clock,
    counters,
    logger: silentLogger,
  });
  /** A frontend forwards a message of session `s`, with its snapshot; the boot id is its name. */
  const forward = (frontend: string, number: number, moves: number, id = 's') =>
    table.update(frontend, frontend, { id, number, moves }, 3, snapshot, 0);
  return { table, ends, clock, counters, forward };
}

const taken = { id: 's', number: 9, moves: 1 };

describe('a session that two frontends speak of', () => {
  it.each([
    ['first', ['taken', 'moved']],
    ['last', ['moved', 'taken']],
  ])('is with the one that has taken it, whose word may come %s', (_, order) => {
    const { table, ends, forward, counters } = backend();
    const session = forward('a', 1, 0)!;
    for (const word of order)
      if (word === 'taken') table.taken('b', 'b', taken);
      else table.movedOn('a', 'a', 1, 1);
    expect([session.frontendId, session.number, session.moves]).toEqual(['b', 9, 1]);
    expect([table.find('a', 'a', 1, 3), table.find('b', 'b', 9, 3)]).toEqual([undefined, session]);
    expect([table.size, counters.sessionMoves.value]).toEqual([1, 1]);
    table.close('a', 'a', 1, 'late');
    table.keepOnly('a', 'a', { from: 0, to: 100, numbers: [] });
    table.frontendGone('a', 'a');
    expect(ends).toEqual([]);
    table.close('b', 'b', 9, 'gone');
    expect([ends, table.size]).toEqual([['s gone'], 0]);
  });

  it('is found by what its former frontend has forwarded before, and is not taken back by it', () => {
    const { table, ends, forward } = backend();
    const session = forward('a', 1, 0)!;
    table.taken('b', 'b', taken);
    expect(table.find('a', 'a', 1, 3)).toBe(session);
    expect(forward('a', 1, 0)).toBe(session);
    expect([session.frontendId, session.moves]).toEqual(['b', 1]);
    table.close('a', 'a', 1, 'late');
    table.keepOnly('a', 'a', { from: 0, to: 100, numbers: [] });
    expect(ends).toEqual([]);
    // Nor is it anything to a third one, that has it from nobody.
    table.taken('c', 'c', { ...taken, number: 4 });
    expect(session.frontendId).toBe('b');
    table.close('c', 'c', 4, 'not its own');
    expect(ends).toEqual([]);
  });

  it('does not live again when its former frontend is heard after its end', () => {
    const { table, ends, forward } = backend();
    forward('a', 1, 0);
    table.taken('b', 'b', taken);
    table.close('b', 'b', 9, 'gone');
    expect([table.find('a', 'a', 1, 3), forward('a', 1, 0)]).toEqual([undefined, undefined]);
    table.movedOn('a', 'a', 1, 1);
    expect([ends, table.size]).toEqual([['s gone'], 0]);
  });

  it('may be heard of first by the one that has taken it', () => {
    const { table, ends, forward } = backend();
    table.taken('b', 'b', taken);
    const session = forward('a', 1, 0)!;
    expect([session.frontendId, session.seen]).toEqual(['b', true]);
    table.movedOn('a', 'a', 1, 1);
    table.close('b', 'b', 9, 'gone');
    expect(ends).toEqual(['s gone']);
  });

  it('has ended when nobody has taken it in time, and is not when somebody has', async () => {
    const { table, ends, clock, counters, forward } = backend();
    for (const [number, id] of ['s', 't', 'u'].entries()) forward('a', number, 0, id);
    table.movedOn('a', 'a', 0, 1);
    table.movedOn('a', 'a', 1, 1);
    await clock.letPass(longestMoveMs - 1);
    table.frontendGone('a', 'a');
    expect(ends).toEqual(['u frontend gone']);
    table.taken('b', 'b', { ...taken, id: 't' });
    await clock.letPass(1);
    expect(ends).toEqual(['u frontend gone', 's lost on the move']);
    await clock.letPass(longestMoveMs);
    expect([ends.length, table.size, counters.sessionLostMoves.value]).toEqual([2, 1, 1]);
  });

  it('is lost when ten thousand others are on their way after it', () => {
    const { table, ends, forward } = backend();
    for (let number = 0; number <= 10_000; number++) forward('a', number, 0, `s${number}`);
    for (let number = 0; number <= 10_000; number++) table.movedOn('a', 'a', number, 1);
    expect(ends).toEqual(['s0 lost on the move']);
  });

  it('gives its number free for another one', () => {
    const { table, ends, forward } = backend();
    const session = forward('a', 1, 0)!;
    table.taken('b', 'b', taken);
    const other = forward('a', 1, 0, 'other')!;
    expect([other.id, session.frontendId, table.find('a', 'a', 1, 3)]).toEqual(['other', 'b', other]);
    forward('a', 1, 0, 'a third');
    expect(ends).toEqual(['other disconnected']);
  });

  it('is found by one number of a frontend, and by none when it has ended, however many were told', () => {
    const { table, ends, counters, forward } = backend();
    const session = forward('a', 1, 0)!;
    table.taken('b', 'b', taken);
    for (let number = 2; number < 100; number++) expect(forward('a', number, 0)).toBe(session);
    for (let number = 100; number < 200; number++) expect(forward('b', number, 1)).toBe(session);
    expect(table.find('a', 'a', 98, 3)).toBeUndefined();
    expect(table.find('a', 'a', 99, 3)).toBe(session);
    expect(table.find('b', 'b', 199, 3)).toBeUndefined();
    table.close('b', 'b', 9, 'gone');
    table.update('c', 'c', { id: 's', number: 1, moves: 2 }, 3, snapshot, 0); // lives again, elsewhere
    expect(table.find('a', 'a', 99, 3)).toBeUndefined();
    expect([ends, counters.sessionRefused.value]).toEqual([['s gone'], 0]);
  });

  it('takes room of a former frontend as long as that finds it, and none of anybody when it has ended', () => {
    const { table, counters, forward } = backend();
    const most = 10; // beside one that keeps much
    const much = sessionRoom.bytes - (most + 1) * sessionRoom.each;
    table.update('a', 'a', { id: 'big', number: 100, moves: 0 }, 3, snapshot, much);
    const round = (number: number) => {
      forward('a', number, 0, `s${number}`);
      table.taken('b', 'b', { id: `s${number}`, number, moves: 1 });
    };
    for (let number = 0; number < most; number++) round(number);
    expect(() => forward('a', most, 0, 'one more')).toThrow('takes no more of the sessions');
    table.close('b', 'b', 0, 'gone');
    round(most);
    expect([table.size, counters.sessionRefused.value]).toEqual([most + 1, 1]);
  });

  it('keeps the room of its snapshot while it moves, and where it goes', async () => {
    const { table, clock, counters, ends } = backend();
    const much = sessionRoom.bytes / 4 - sessionRoom.each;
    const tell = (frontend: string, number: number, moves = 0) =>
      table.update(frontend, frontend, { id: `s${number}`, number, moves }, 3, snapshot, much);
    for (let number = 1; number <= 4; number++) {
      tell('a', number);
      table.taken('a', 'a', { id: `s${number}`, number, moves: 0 });
      table.movedOn('a', 'a', number, 1);
    }
    expect(() => tell('a', 5)).toThrow('takes no more of the sessions');
    for (let number = 1; number <= 3; number++) table.taken('b', 'b', { id: `s${number}`, number, moves: 1 });
    for (let number = 6; number <= 8; number++) tell('a', number);
    expect(() => tell('a', 9)).toThrow('takes no more of the sessions');
    await clock.letPass(longestMoveMs);
    expect(ends).toEqual(['s4 lost on the move']);
    tell('a', 9);
    tell('b', 10);
    expect(() => tell('b', 11)).toThrow('takes no more of the sessions');
    expect(counters.sessionRefused.value).toBe(3);
  });

  it('is not shown by a frontend that does not hold it', () => {
    const { table, forward } = backend();
    const session = forward('a', 1, 0)!;
    table.update('c', 'c', { id: 's', number: 1, moves: 0 }, 9, { ...snapshot, uid: 'somebody' }, 0);
    table.unreadable('c', 'c', { id: 's', number: 1, moves: 0 }, 9, new Error('no such kind'));
    expect([session.uid, session.version, session.unreadable]).toEqual([undefined, 3, undefined]);
  });

  it('goes on when its frontend had it before by another number, and says that this one is no more', () => {
    const { table, ends, forward } = backend();
    const session = forward('a', 1, 0)!;
    table.taken('b', 'b', taken);
    table.taken('a', 'a', { id: 's', number: 7, moves: 2 });
    table.keepOnly('a', 'a', { from: 0, to: 100, numbers: [7] });
    table.close('a', 'a', 1, 'late');
    expect([session.frontendId, session.number, ends]).toEqual(['a', 7, []]);
  });

  it('is lost by too many moves of its own frontend alone', () => {
    const { table, ends, forward } = backend();
    forward('a', 1, 0);
    table.movedOn('a', 'a', 1, 1);
    for (let number = 0; number <= 10_000; number++) {
      forward('b', number, 0, `b${number}`);
      table.movedOn('b', 'b', number, 1);
    }
    expect(ends).toEqual(['b0 lost on the move']);
  });

  it('does not live again because of the ends of another frontend', async () => {
    const { table, clock, forward } = backend();
    const end = (frontend: string, id: string) => {
      table.taken(frontend, frontend, { id, number: 9, moves: 1 });
      table.close(frontend, frontend, 9, 'gone');
    };
    forward('a', 1, 0);
    end('b', 's');
    for (let n = 0; n <= 10_000; n++) end('c', `c${n}`);
    expect([forward('a', 1, 0), forward('a', 2, 0, 'c1')]).toEqual([undefined, undefined]);
    expect(forward('a', 2, 0, 'c0')).toBeDefined();
    // What no late word can come of any more is not kept.
    await clock.letPass(601_000, 1000);
    end('c', 'the last');
    expect(forward('a', 1, 0)).toBeDefined();
  });
});
