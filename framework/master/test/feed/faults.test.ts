import { expect, it } from 'vitest';
import { countedOf } from '../../src/feed/counted.js';
import { FaultPast } from '../../src/feed/fault-past.js';
import { Watched } from './watched.js';

/** Problems without since when. */
const said = (watched: Watched) => watched.problems.map((one) => one.slice(0, 3));

/** Has something happen every two seconds, for so many. */
async function each(watched: Watched, seconds: number, happen: (watched: Watched) => void): Promise<void> {
  for (let n = 0; n < seconds; n += 2) {
    happen(watched);
    await watched.leap(2);
  }
}

const seldom = [
  ['crons', 'a cron has failed'],
  ['cronMissed', 'crons were left out: too late, or the run before still works'],
  ['cronSkipped', 'crons were left out: too late, or the run before still works'],
  ['cronUnleased', 'crons could not get their lease'],
  ['leaseLost', 'has lost a lease'],
  ['lostMoves', 'sessions of players were lost between two frontends'],
] as const;

it('tells for 15 minutes what has failed, was left out or lost', async () => {
  using watched = await Watched.up();
  const whats: string[] = [];
  for (const [counter, what] of seldom) {
    watched.handles[counter].add(1);
    await watched.pass(2);
    if (!whats.includes(what)) whats.push(what);
    expect(new Set(said(watched).map(String))).toEqual(
      new Set(whats.map((one) => `warn,connector-1,${one}`)),
    );
  }
  await watched.leap(886);
  expect(said(watched)).toHaveLength(whats.length);
  await watched.leap(20);
  expect(said(watched)).toEqual([]);
}, 60_000);

it('tells for five minutes of a process that had no descriptors left', async () => {
  using watched = await Watched.up();
  watched.handles.noFiles.add(1);
  await watched.pass(2);
  const what = 'cannot open a file or a connection: no descriptors are left';
  expect(said(watched)).toEqual([['page', 'connector-1', what]]);
  await watched.leap(302);
  expect(said(watched)).toEqual([]);
});

it('tells of messages that are refused once that has gone on for five minutes, and not of a burst', async () => {
  using watched = await Watched.up();
  watched.handles.overloaded.add(1000);
  await watched.leap(310);
  expect(said(watched)).toEqual([]);
  await each(watched, 288, ({ handles }) => handles.overloaded.add(1));
  expect(said(watched)).toEqual([]);
  await each(watched, 16, ({ handles }) => handles.refusedWork.add(1));
  const what = 'cannot forward or take all messages of players';
  expect(said(watched)).toEqual([['page', 'connector-1', what]]);
  await watched.leap(302);
  expect(said(watched)).toEqual([]);
});

it('keeps what a life has counted when the next one begins, and does not count it again', async () => {
  using watched = await Watched.up();
  watched.handles.leaseLost.add(1);
  await watched.pass(2);
  watched.bench.launcher.lives['connector-1']!.at(-1)!.end({ code: 1, signal: null });
  await watched.pass(2);
  expect(said(watched)).toContainEqual(['warn', 'connector-1', 'has lost a lease']);
  await watched.bench.start('connector-1');
  const link = watched.bench.launcher.lives['connector-1']!.at(-1)!.link!;
  link.tellMeasures(watched.measures);
  await watched.leap(880);
  expect(said(watched)).toContainEqual(['warn', 'connector-1', 'has lost a lease']);
});

it('tells of calls that are late or refused, by their share over five minutes, once it has lasted for as long', async () => {
  using watched = await Watched.up();
  const call = (code: 'error' | 'ok' | 'refused' | 'timeout', calls: number) => (one: Watched) => {
    for (let n = 0; n < calls; n++) one.handles.calls.of('chat')[code].observe(0.01);
  };
  const second = (late: number) => (one: Watched) => {
    call('ok', 40 - late)(one);
    call('error', 3)(one); // errors of the game are answers
    call('timeout', late)(one);
  };
  await each(watched, 620, second(2)); // 4.7 %
  expect(said(watched)).toEqual([]);
  await each(watched, 615, second(8));
  expect(said(watched)).toEqual([
    ['warn', 'connector-1', expect.stringMatching(/^19% of its calls are too late or refused$/)],
  ]);
  await each(watched, 310, second(0));
  expect(said(watched)).toEqual([]);
}, 60_000);

it('counts how often a link goes and comes again in 15 minutes, and not the lives that have ended', () => {
  const past = new FaultPast();
  let at = 0;
  const cut = (bootId: string) => {
    past.note({ at: at + 1000, told: undefined });
    at += 2000;
    past.note({ at, told: { bootId, counted: countedOf(), revision: 1 } });
  };
  cut('a');
  for (let n = 0; n < 4; n++) cut('a');
  expect(past.over(at).linkChanges).toBe(8);
  cut('b');
  expect(past.over(at).linkChanges).toBe(8);
  expect(past.over(at + 901_000).linkChanges).toBe(0);
});

it('tells of a server that has not heard for three minutes who is in the cluster', async () => {
  using watched = await Watched.up();
  watched.heard = watched.bench.hub.registry.revision - 1;
  await watched.leap(170);
  expect(said(watched)).toEqual([]);
  await watched.leap(16);
  expect(said(watched)).toEqual([['page', 'connector-1', 'does not know who is in the cluster now']]);
  watched.heard = undefined;
  await watched.pass(2);
  expect(said(watched)).toEqual([]);
});

it('tells of no server that hears of one change after the other, as it is on its way', async () => {
  using watched = await Watched.up();
  for (let n = 0; n < 5; n++) {
    watched.heard = 1000 + n;
    await watched.leap(60);
  }
  expect(said(watched)).toEqual([]);
});
