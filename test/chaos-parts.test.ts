import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeMessage, encodePackage, messageType, packageType } from '@pomelo-ts/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serverIdsOn } from './chaos/game.js';
import { Hearing, wordsOf } from './chaos/hearing.mjs';
import { type Observed, problemsOf } from './chaos/invariants.js';
import { badSsh, drawSchedule, faultKinds, hostsOf, type Step, showFault } from './chaos/schedule.js';
import { SecondLives } from './chaos/second-lives.js';
import { Tap } from './chaos/tapped-socket.mjs';
import { problemOfDirectory, problemOfEnds, problemsOfLeases } from './chaos/witnesses.js';

describe('the schedule of a chaos run', () => {
  const draw = (seed: number) =>
    drawSchedule({ seed, ms: 60_000, hosts: 3, serverIds: ['chat-1', 'gate-1', 'connector-1'] });

  it('is the same for the same seed, and another for another', () => {
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  it('has every kind of fault, and one at a time that keeps hosts from the others', () => {
    const faults = Array.from({ length: 40 }, (_, seed) => draw(seed));
    expect(new Set(faults.flat().map(({ fault }) => fault.kind))).toEqual(new Set(faultKinds));
    expect(faultKinds).toHaveLength(19);
    for (const steps of faults) {
      let freeAt = 0;
      for (const { at, fault } of steps) {
        if (!/power|cut|way|loss|delay|disk/.test(fault.kind)) continue;
        expect(at).toBeGreaterThanOrEqual(freeAt);
        freeAt = at + ('ms' in fault ? fault.ms : 0);
      }
    }
  });

  it('of each of the seeds that npm run chaos takes begins with the end of a connector, and all of them have every kind', () => {
    const steps = Array.from({ length: 40 }, (_, at) => {
      const seed = at + 1;
      const hosts = hostsOf(seed);
      return drawSchedule({ seed, ms: 40_000, hosts, serverIds: serverIdsOn(hosts) });
    });
    for (const [{ fault }] of steps as [Step][])
      expect(showFault(fault)).toMatch(/^kill server connector-\d$/);
    const faults = steps.flat().map(({ fault }) => fault);
    expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(faultKinds));
    expect(new Set(faults.flatMap((fault) => (fault.kind === 'bad ssh' ? [fault.mode] : [])))).toEqual(
      new Set(badSsh),
    );
    const reloads = faults.flatMap((fault) => (fault.kind === 'config reload' ? [fault.restart] : []));
    expect(new Set(reloads)).toEqual(new Set([true, false]));
  });

  it('is told in words', () => {
    expect(showFault({ kind: 'cut between', host: 0, from: 2, ms: 3100 })).toBe(
      'cut between on host 1 and 3 for 3.1 s',
    );
    expect(showFault({ kind: 'bad ssh', host: 1, mode: 'resets', ms: 2000 })).toBe(
      'bad ssh (resets) on host 2 for 2.0 s',
    );
    expect(showFault({ kind: 'pause master', master: 1, ms: 2000 })).toBe('pause master 2 for 2.0 s');
    expect(showFault({ kind: 'config reload', id: 'chat-1', restart: true })).toBe(
      'config reload chat-1 --restart',
    );
  });
});

describe('what must hold in a chaos run', () => {
  const fine: Observed = {
    report: {
      ...{ sent: 100, settled: 100, asked: 100, answered: 99, unasked: 0, strange: 0 },
      ...{ pushes: 500, leaks: 0, repeats: 0, asides: 90, late: 0, cuts: 3 },
    },
    cutting: 1,
    idle: [],
    leases: { holders: 2, problems: [] },
    secondLives: new Map([
      ['chat-1', 0],
      ['chat-2', 900],
    ]),
    serverIds: ['chat-1', 'chat-2'],
    hung: [],
  };
  const reported = (more: Partial<Observed['report']>): Partial<Observed> => ({
    report: { ...fine.report, ...more },
  });

  it('is told to hold when it does', () => {
    expect(problemsOf(fine)).toEqual([]);
  });

  it.each<[string, Partial<Observed>]>([
    ['every call settles: 1 of 100 wait', reported({ settled: 99 })],
    ['calls are answered: 0 of 100 were, 100 begun', reported({ answered: 0 })],
    ['calls are answered: 0 of 0 were, 100 begun', reported({ asked: 0, answered: 0 })],
    ['calls are answered once: 1 answers were to none that waited', reported({ unasked: 1 })],
    ['each is given the answer to its own call: 1 were not', reported({ strange: 1 })],
    ['pushes come: none did', reported({ pushes: 0 })],
    ['pushes come: none did to who was in a channel for a time', reported({ asides: 0 })],
    ['who has left a channel hears no more of it: 1 pushes came to such', reported({ late: 1 })],
    ['every command ends: list --json did not', { hung: ['list --json'] }],
    ['what is said stays in its room: 1 pushes did not', reported({ leaks: 1 })],
    ['pushes come once: 1 came again', reported({ repeats: 1 })],
    ['faults are felt: 1 ended what players were connected to, and nobody was cut', reported({ cuts: 0 })],
    [
      'faults are felt: 0 ended what players were connected to, and nobody was cut',
      { ...reported({ cuts: 0 }), cutting: 0 },
    ],
    [
      'faults are felt: there was nothing for hanging ssh on host 1 for 2.0 s',
      { idle: ['hanging ssh on host 1 for 2.0 s'] },
    ],
    ['somebody holds the lease: nobody ever did', { leases: { holders: 0, problems: [] } }],
    ['no lease is held twice: two did', { leases: { holders: 2, problems: ['two did'] } }],
    [
      'no server runs twice: one did for 6001 ms',
      {
        secondLives: new Map([
          ['chat-1', 6001],
          ['chat-2', 0],
        ]),
      },
    ],
    ['all servers are watched: chat-2 was not seen', { secondLives: new Map([['chat-1', 0]]) }],
  ])('is told when it does not: %s', (problem, more) => {
    expect(problemsOf({ ...fine, ...more })).toEqual([problem]);
  });
});

describe('what is heard on the wire', () => {
  const request = (id: number) =>
    encodePackage(packageType.data, encodeMessage(messageType.request, id, 'a.b.c', new Uint8Array()));
  const response = (id: number) =>
    encodePackage(packageType.data, encodeMessage(messageType.response, id, '', new Uint8Array()));

  it('is an answer to each request, and one too many when a request is answered twice', () => {
    const counts = { asked: 0, answered: 0, unasked: 0 };
    const tap = new Tap(counts);
    for (const id of [1, 2]) tap.sent(request(id));
    tap.received(Buffer.concat([response(1), response(2)]));
    expect(counts).toEqual({ asked: 2, answered: 2, unasked: 0 });
    tap.received(response(2));
    expect(counts).toEqual({ asked: 2, answered: 2, unasked: 1 });
  });
});

describe('what a player hears', () => {
  it('is words of the own room, once, of everybody who is in it', () => {
    const hearing = new Hearing('room1', 0);
    expect(hearing.hear(wordsOf('room1', 'p1', 7), 10)).toBe('fine');
    expect(hearing.hear(wordsOf('room1', 'p2', 7), 10)).toBe('fine');
    expect(hearing.hear(wordsOf('room1', 'p1', 8), 6000)).toBe('fine');
    expect(hearing.hear(wordsOf('room1', 'p1', 7), 6000)).toBe('repeat');
    expect(hearing.hear(wordsOf('room2', 'p3', 1), 6000)).toBe('leak');
    expect(hearing.missing(['p1', 'p2', 'p4'], 6000)).toEqual(['p2', 'p4']);
    expect(hearing.missed('p1', [7, 8, 9])).toEqual([9]);
    expect(hearing.missed('p4', [1])).toEqual([1]);
  });
});

describe('the watch for second lives', () => {
  it('measures how long a server has two processes, and knows whom it has seen', () => {
    using lives = new SecondLives({ hosts: [] });
    const one = new Map([['chat-1', [1]]]);
    const two = new Map([['chat-1', [1, 2]]]);
    for (const [at, look] of [one, two, two, one, two].entries()) lives.look(look, at * 100);
    expect(lives.longest).toEqual(new Map([['chat-1', 100]]));
  });
});

describe('what witnesses of a lease have written', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pomelo-ts-witnesses-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (who: string, ...lines: string[]) =>
    writeFileSync(join(folder, who), lines.map((line) => `${line}\n`).join(''));

  it('is fine when each has begun after the last one has ended, with a higher token', () => {
    write('a.log', '5 100', '5 150', '9 400');
    write('b.log', '7 200', '7 300');
    expect(problemsOfLeases(folder)).toEqual({ holders: 3, lastHeld: 400, problems: [] });
  });

  it('is told when two held it at once', () => {
    write('a.log', '5 100', '5 250');
    write('b.log', '7 200', '7 300');
    expect(problemsOfLeases(folder).problems).toEqual(['a.log held it until 250, b.log from 200']);
  });

  it('is told when a token does not rise', () => {
    write('a.log', '5 100');
    write('b.log', '5 200');
    expect(problemsOfLeases(folder).problems).toEqual(['b.log got the token 5 after 5']);
  });

  it('has nobody when none has written', () => {
    expect(problemsOfLeases(folder)).toEqual({ holders: 0, lastHeld: 0, problems: [] });
  });
});

describe('what chat servers are told by the directory of uids', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pomelo-ts-directory-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const all = ['p0*room0 at h1', 'p2*room0 at h2', 'p1*room1 at h1'];
  const write = (
    who: string,
    at: number,
    online: readonly string[],
    count = online.length,
    ended: readonly string[] = [],
  ) => writeFileSync(join(folder, who), JSON.stringify({ at, online, count, ended }));

  const problem = (seats = all) =>
    problemOfDirectory(folder, { witnesses: ['chat-1', 'chat-2'], seats, now: 10_000 });

  it('is fine when it is who is connected', () => {
    write('chat-1', 9000, all);
    write('chat-2', 8500, all);
    writeFileSync(join(folder, 'chat-1.new'), '{ "at": 90'); // it is being written
    expect(problem()).toBeUndefined();
  });

  it.each([
    ['chat-2 is told without [p1*room1 at h1] and with [] too many', all.slice(0, 2), 3],
    ['chat-2 is told without [] and with [p9*room1 at h1] too many', [...all, 'p9*room1 at h1'], 4],
    [
      'chat-2 is told without [p1*room1 at h1] and with [p1*room1 at h2] too many',
      [...all.slice(0, 2), 'p1*room1 at h2'],
      3,
    ],
    ['chat-2 is told without [] and with [p0*room0 at h1] too many', [...all, all[0]!], 3],
    ['chat-2 is told of 4 uids, and 3 are connected', all, 4],
  ])('is told when one of them is told otherwise: %s', (told, online, count) => {
    write('chat-1', 9000, all);
    write('chat-2', 9000, online, count);
    expect(problem()).toBe(told);
  });

  it('is told when one of them has had no word of late, or never', () => {
    write('chat-1', 9000, all);
    expect(problem()).toBe('chat-2 was told nothing in the last 2000 ms');
    write('chat-2', 8000, all);
    expect(problem()).toBe('chat-2 was told nothing in the last 2000 ms');
    expect(problemOfEnds(folder, 11_000)).toBe('nobody was told anything in the last 2000 ms');
  });

  it('is told when nobody is connected, as nothing could be wrong then', () => {
    for (const id of ['chat-1', 'chat-2']) write(id, 9000, []);
    expect(problem([])).toBe('nobody is connected, so that nobody can be missing');
  });

  it('is told when one of them keeps a session that has ended', () => {
    write('chat-1', 9000, all);
    expect(problemOfEnds(folder, 10_000)).toBeUndefined();
    write('chat-2', 9000, all, 3, ['p1*room1']);
    expect(problemOfEnds(folder, 10_000)).toBe('chat-2 was told no end of sessions of [p1*room1]');
  });
});
