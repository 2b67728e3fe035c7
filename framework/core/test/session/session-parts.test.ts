import { type Logger, Measures, silentLogger } from '@pomelo-ts/common';
import { FakeClock } from '@pomelo-ts/common/testing';
import { describe, expect, it, vi } from 'vitest';
import { type ClientLink, Origin } from '../../src/client-link.js';
import { coreMeasures } from '../../src/measures.js';
import { SessionEnd } from '../../src/session/session-end.js';
import { newSessionLife, numberOfCount, SessionIds } from '../../src/session/session-ids.js';
import { SessionTable } from '../../src/session/session-table.js';
import type { Session } from '../../src/session.js';
import { UidTraces } from '../../src/uid-traces/uid-traces.js';

describe('names of sessions', () => {
  it('are of no other life of a frontend', () => {
    const lives = new Set(Array.from({ length: 1000 }, newSessionLife));
    expect(lives.size).toBe(1000);
    for (const life of lives) expect(life).toMatch(/^[0-9a-z]{13}$/);
    const free = () => false;
    for (const life of ['one', 'two']) {
      const ids = new SessionIds(life);
      expect(ids.idOf(ids.next(free))).toBe(`${life}-1`);
    }
  });

  it('have ids that are never given again, and numbers that are after four billion, but those in use', () => {
    const ids = new SessionIds('life', 2 ** 32 - 2);
    const counts = Array.from({ length: 4 }, () => ids.next((number) => number === 2));
    expect(counts).toEqual([2 ** 32 - 1, 2 ** 32 + 1, 2 ** 32 + 3, 2 ** 32 + 4]);
    expect(counts.map(numberOfCount)).toEqual([2 ** 32 - 1, 1, 3, 4]);
    expect(counts.map((count) => ids.numberOf(ids.idOf(count)))).toEqual(counts.map(numberOfCount));
    expect(counts.map((count) => ids.idOf(count))).toEqual(counts.map(inLife));
    for (const id of ['other-1', 'life', 'life-', 'life-?']) expect(ids.numberOf(id)).toBeUndefined();
  });
});

const inLife = (count: number): string => `life-${count.toString(36)}`;

/** A client's link that notes what it gets, and tells nothing by itself. */
class Link implements ClientLink {
  readonly address = '192.0.2.1';
  readonly hostHeader = 'game.example';
  readonly localAddress = '192.0.2.9';
  readonly queuedBytes = 0;
  readonly got: string[] = [];

  answer(messageId: number): void {
    this.got.push(`answer ${messageId}`);
  }

  push(): boolean {
    return this.got.push('push') > 0;
  }

  kick(reason: string): void {
    this.got.push(`kick ${reason}`);
  }

  drop(reason: string): void {
    this.got.push(`drop ${reason}`);
  }
}

function tableOf(logger: Logger = silentLogger) {
  const told: string[] = [];
  const counters = new Measures().makeAll(coreMeasures);
  const origin = new Origin('192.0.2.1', '192.0.2.1', () => {});
  const note = (what: string) => () => void told.push(what);
  const table = new SessionTable({
    serverId: 'connector-1',
    policy: 'many',
    registrar: {
      bound: async () => {},
      claim: async () => undefined,
      granted: note('granted'),
      unbound: note('uid unbound'),
    },
    avoided: () => [],
    traces: new UidTraces(new FakeClock()),
    knownEnd: () => undefined,
    ids: new SessionIds('life'),
    endListeners: [(session, reason) => told.push(`all: ${session.id} ${reason}`)],
    listener: {
      uidLeft: note('uid left'),
      ready: note('ready'),
      message: note('message'),
      linkLeft: note('link left'),
      closed: (session, reason) => told.push(`server: ${session.closed} ${reason}`),
      bound: note('bound'),
      unbound: note('unbound'),
      taken: note('taken'),
      moved: (session) => session,
      uidMoved: note('uid moved'),
    },
    logger,
    counters,
  });
  return { table, told, counters, origin };
}

const nothing = Buffer.alloc(0);

describe("a session's end", () => {
  it('has listeners once, those of before it, and a reason that is the first one', () => {
    const end = new SessionEnd();
    const told: string[] = [];
    end.listen((reason) => told.push(reason));
    expect([end.hasCome, end.come('gone')?.length, end.hasCome]).toEqual([false, 1, true]);
    expect(end.come('gone again')).toBeUndefined();
    end.listen((reason) => told.push(reason));
    expect(told).toEqual(['gone']);
  });

  it('comes once: to the server, to its own listeners, to those of all, and later to whoever asks', async () => {
    const error = vi.fn();
    const { table, told, origin, counters } = tableOf({ ...silentLogger, error });
    const held = table.open(new Link(), origin);
    const { session } = held;
    await session.bind('ann');
    session.onClosed((reason) => told.push(`own 1: ${reason}`));
    session.onClosed(() => {
      throw new Error('a listener of the game that fails');
    });
    session.onClosed((reason) => told.push(`own 3: ${reason}`));
    told.length = 0;
    held.linkClosed('gone');
    held.linkClosed('gone again');
    expect(told).toEqual([
      'link left',
      'server: true gone',
      'uid unbound',
      'uid left',
      'own 1: gone',
      'own 3: gone',
      'all: life-1 gone',
    ]);
    expect([error.mock.calls.length, counters.sessionFailedListeners.value]).toEqual([1, 1]);
    session.onClosed((reason) => told.push(`late: ${reason}`));
    expect(told.at(-1)).toBe('late: gone');
    for (const call of [session.bind('bob'), session.push()])
      await expect(call).rejects.toMatchObject({ code: 'SESSION_GONE' });
    await session.kick();
    expect([table.size, table.get('life-1'), table.newest]).toEqual([0, undefined, undefined]);
  });
});

describe('the link of a session', () => {
  it('may be taken apart: the session goes on, and what it is sent is dropped and counted', () => {
    const { table, told, origin, counters } = tableOf();
    const link = new Link();
    const held = table.open(link, origin);
    const { session } = held;
    session.waiting = 1;
    held.linkTaken();
    expect(told).toEqual(['link left']);
    expect([session.closed, table.get(session.id)]).toEqual([false, session]);
    expect(session.link.push({} as never)).toBe(false);
    session.answer(1, nothing, 0, 0);
    expect([counters.pushDropped.absent.value, counters.clientAbsentAnswers.value]).toEqual([1, 1]);
    expect([session.waiting, origin.gone, session.remoteAddress]).toEqual([0, 0, '192.0.2.1']);
    held.receive(nothing, 0, 0);
    held.linkClosed('late');
    expect([session.closed, told]).toEqual([false, ['link left', 'link left']]);
    expect(link.got).toEqual([]);
  });

  it('may be absent when the session is kicked, which ends it', async () => {
    const { table, told, origin } = tableOf();
    const held = table.open(new Link(), origin);
    held.linkTaken();
    await held.session.kick('enough');
    expect(told).toEqual(['link left', 'server: true enough', 'all: life-1 enough']);
  });

  it('may be replaced: the former one is told, and what it still says changes nothing', () => {
    const { table, told, origin } = tableOf();
    const [first, second] = [new Link(), new Link()];
    const old = table.open(first, origin);
    const { session } = old;
    const held = table.relink(session, second, origin);
    expect(first.got).toEqual(['kick replaced']);
    session.link.push({} as never);
    expect([first.got.length, second.got]).toEqual([1, ['push']]);
    old.receive(nothing, 0, 0);
    old.linkClosed('replaced');
    expect([session.closed, told]).toEqual([false, ['link left']]);
    held.receive(nothing, 0, 0);
    held.linkClosed('gone');
    const ends: string[] = [];
    (session as Session).onClosed((reason) => ends.push(reason));
    expect([told.slice(1), ends]).toEqual([
      ['message', 'link left', 'server: true gone', 'all: life-1 gone'],
      ['gone'],
    ]);
  });
});
