import { expect, it } from 'vitest';
import { Watched } from './watched.js';

const said = (watched: Watched) =>
  watched.problems.filter(([, about]) => about === 'players').map((one) => one.slice(0, 3));

/** Has so many clients be on-line for so many seconds. */
async function online(watched: Watched, clients: number, seconds: number): Promise<void> {
  watched.online = clients;
  await watched.leap(seconds);
}

/** Has so many clients be taken each second, and so many not be let in. */
async function arrive(watched: Watched, seconds: number, taken: number, full: number): Promise<void> {
  for (let n = 0; n < seconds; n += 2) {
    watched.handles.taken.add(2 * taken);
    watched.handles.refused.full.add(2 * full);
    await watched.leap(2);
  }
}

it('tells that fewer are on-line than ten minutes ago, once that has lasted for two', async () => {
  using watched = await Watched.up();
  await online(watched, 412, 615);
  await online(watched, 332, 130); // 80.6 %
  expect(said(watched)).toEqual([]);
  await online(watched, 300, 110);
  expect(said(watched)).toEqual([]);
  await online(watched, 300, 30);
  const what = 'only 73% of those who were on-line 10 minutes ago are';
  expect(said(watched)).toEqual([['page', 'players', what]]);
  await online(watched, 400, 3);
  expect(said(watched)).toEqual([]);
}, 60_000);

it('tells of no drop where few have played', async () => {
  using watched = await Watched.up();
  await online(watched, 200, 615);
  await online(watched, 0, 130);
  expect(said(watched)).toEqual([]);
}, 60_000);

it('tells of no drop while a frontend drains', async () => {
  using watched = await Watched.up();
  await online(watched, 500, 615);
  const link = watched.bench.launcher.lives['gate-1']!.at(-1)!.link!;
  link.report('draining');
  await online(watched, 100, 200);
  expect(watched.cells('gate-1')).toMatchObject({ state: 'draining' });
  expect(said(watched)).toEqual([]);
  link.report('ready');
  await watched.leap(126);
  expect(said(watched)).toEqual([['page', 'players', expect.stringContaining('20%')]]);
}, 60_000);

it('tells of no drop while servers are restarted', async () => {
  using watched = await Watched.up();
  await online(watched, 500, 615);
  watched.operations = () => [{ id: 1, verb: 'servers.restart' }] as never;
  await online(watched, 100, 130);
  expect(said(watched)).toEqual([]);
  watched.operations = () => [{ id: 1, verb: 'servers.restart', endedAt: 'now' }] as never;
  await watched.leap(126);
  expect(said(watched)).toEqual([['page', 'players', expect.stringContaining('20%')]]);
}, 60_000);

it('tells of clients that are not let in, by their share over five minutes and by why, once it has lasted for as long', async () => {
  using watched = await Watched.up();
  await arrive(watched, 620, 96, 4);
  expect(said(watched)).toEqual([]);
  await arrive(watched, 290, 90, 10);
  expect(said(watched)).toEqual([]);
  await arrive(watched, 130, 90, 10);
  const what = '10% of the clients are not let in: full';
  expect(said(watched)).toEqual([['warn', 'players', what]]);
  await arrive(watched, 310, 100, 0);
  expect(said(watched)).toEqual([]);
}, 60_000);

it('tells of handshakes that the game refuses or fails, by their share, when there are more than a few', async () => {
  using watched = await Watched.up();
  const shake = async (seconds: number, ok: number, failed: number) => {
    for (let n = 0; n < seconds; n += 10) {
      watched.handles.handshakes.ok.add(ok);
      watched.handles.handshakes.failed.add(failed);
      await watched.leap(10);
    }
  };
  await shake(620, 96, 4);
  expect(said(watched)).toEqual([]);
  await shake(300, 0, 0);
  for (let n = 0; n < 20; n++) {
    watched.handles.handshakes.refused.add(1); // all of them, and ten in five minutes
    await watched.leap(30);
  }
  expect(said(watched)).toEqual([]);
  await shake(620, 90, 10);
  const what = '10% of the handshakes of clients end with failed';
  expect(said(watched)).toEqual([['warn', 'players', what]]);
  await shake(320, 100, 0);
  expect(said(watched)).toEqual([]);
}, 60_000);
