import { describe, expect, it, vi } from 'vitest';
import { Crew, type CrewOptions, type Sample } from '../../src/robot/crew.js';
import { defineRobot, type RobotScript, type Target } from '../../src/robot/definition.js';
import type { FreeRobot } from '../../src/robot/robot.js';
import { echo, GameServer, type Received } from '../game-server.js';

type Player = (robot: FreeRobot) => unknown;

/** Robots that begin at once, one round each. */
function crewOf(target: Target, script: RobotScript | Player, more: Partial<CrewOptions> = {}): Crew {
  return new Crew({
    script: typeof script === 'function' ? defineRobot({ player: script }) : script,
    target,
    ...{ seed: 1, once: true, starts: [{ index: 0, atMs: 0 }] },
    ...more,
  });
}

async function played(...args: Parameters<typeof crewOf>): Promise<Sample> {
  const crew = crewOf(...args);
  await crew.play();
  await crew.end(0);
  return crew.take();
}

const rowOf = (sample: Sample, name: string) => sample.rows.find((row) => row.name === name);
const countOf = (sample: Sample, kind: string) => sample.counts.find((one) => one.kind === kind)?.count ?? 0;

describe('a crew of robots', () => {
  it('plays a round each, and has measured what it did', async () => {
    await using server = await GameServer.start({
      onMessage(message) {
        if (message.route === 'a.b.leave') return;
        message.peer.push('onMove', { x: 1 });
        echo(message);
      },
    });
    const heard: unknown[] = [];
    const sample = await played(
      { url: server.url },
      async (robot) => {
        await robot.connect();
        robot.on('onMove', (body) => heard.push(body));
        const push = robot.expectPush<{ x: number }>('onMove', ({ x }) => x === 1);
        expect(await robot.request('a.b.move', { by: robot.uid })).toEqual({
          ...{ route: 'a.b.move', body: { by: `robot-${robot.index}` } },
        });
        expect(await push).toEqual({ x: 1 });
        robot.notify('a.b.leave');
        robot.count('steps', 3);
        expect(await robot.measure('nothing', () => 5)).toBe(5);
      },
      { starts: [0, 1, 2].map((index) => ({ index, atMs: index })) },
    );
    const rows = sample.rows.map(({ kind, name, count, errors }) => `${kind} ${name} ${count} ${errors}`);
    expect(rows.sort()).toEqual([
      ...['connect connect 3 0', 'measure nothing 3 0', 'push onMove 3 0', 'request a.b.move 3 0'],
    ]);
    expect(Object.fromEntries(sample.counts.map(({ kind, count }) => [kind, count]))).toEqual({
      ...{ heard: 3, notify: 3, counter: 9, round: 3 },
    });
    expect(heard).toHaveLength(3);
    expect(sample.users).toEqual({ waiting: 0, connecting: 0, active: 0, failed: 0, done: 3 });
    expect(sample.errors).toEqual([]);
  });

  it('goes to the server that the gate names, with the uid of the script', async () => {
    await using server = await GameServer.start({ onMessage: echo });
    const asked: Received[] = [];
    await using gate = await GameServer.start({
      onMessage(message) {
        asked.push(message);
        message.peer.respond(message.id, { code: 200, host: '127.0.0.1', port: server.port });
      },
    });
    const script = defineRobot({
      uid: (index) => 100 + index,
      player: async (robot) => void (await robot.connect()),
    });
    const sample = await played({ gate: gate.url }, script);
    expect(sample.errors).toEqual([]);
    expect(asked.map(({ route, body }) => [route, JSON.parse(Buffer.from(body).toString())])).toEqual([
      ['gate.gateHandler.queryEntry', { uid: '100' }],
    ]);
    expect(server.peers).toHaveLength(1);
  });

  it('counts answers that are failures as errors, unless the script says which are', async () => {
    await using server = await GameServer.start({
      onMessage: ({ id, peer }) => peer.respond(id, { code: 500, message: 'the room is full' }),
    });
    const player: Player = async (robot) => {
      await robot.connect();
      await robot.request('a.b.enter');
    };
    const sample = await played({ url: server.url }, player);
    expect(rowOf(sample, 'a.b.enter')).toMatchObject({ count: 1, errors: 1 });
    expect(sample.errors).toEqual([
      { where: 'request a.b.enter', message: '500 the room is full', count: 1 },
    ]);
    const calm = await played({ url: server.url }, defineRobot({ player, isError: () => false }));
    expect(rowOf(calm, 'a.b.enter')).toMatchObject({ count: 1, errors: 0 });
  });

  it('counts a lost connection once, ends what waits for it, and starts that player again', async () => {
    await using server = await GameServer.start({ onMessage: echo });
    let rounds = 0;
    const sample = await played({ url: server.url }, async (robot) => {
      await robot.connect();
      await robot.request('a.b.c', {});
      if (rounds++ > 0) return;
      server.peer.socket.terminate();
      await robot.think(60_000);
    });
    expect(rounds).toBe(2);
    expect(countOf(sample, 'lost')).toBe(1);
    expect(sample.errors).toEqual([expect.objectContaining({ where: 'connection', count: 1 })]);
    expect(countOf(sample, 'round')).toBe(1);
  });

  it('times a paced player from when requests were due, and asks a server that stalls no less', async () => {
    const everyMs = 20;
    const stallMs = 200;
    let answered = 0;
    await using server = await GameServer.start({
      onMessage(message) {
        answered++;
        if (answered === 1) setTimeout(() => echo(message), stallMs);
        else echo(message);
      },
    });
    const sample = await played({ url: server.url }, async (robot) => {
      await robot.connect();
      for (let i = 0; i < 10; i++) {
        await robot.pace(everyMs);
        await robot.request('a.b.c', {});
      }
    });
    const { times } = rowOf(sample, 'a.b.c')!;
    expect(times.count).toBe(10);
    // The first waits for 200 ms, the second was due 20 ms later, and so on: 200 + 180 + … + 20.
    expect(times.sumUs / 1000).toBeGreaterThanOrEqual(1100 - 10);
  });

  it('ends its waits and rounds when it is told to, and counts what was cut off as no error', async () => {
    await using server = await GameServer.start();
    const seen: boolean[] = [];
    const crew = crewOf(
      { url: server.url },
      async (robot) => {
        await robot.connect();
        if (robot.index === 0) await robot.request('a.b.never').finally(() => seen.push(robot.running));
        else while (robot.running) await robot.think(60_000);
      },
      { once: false, starts: [0, 1].map((index) => ({ index, atMs: 0 })) },
    );
    const over = crew.play();
    await vi.waitFor(() => expect(server.peers.filter(({ frames }) => frames.length > 1)).toHaveLength(2));
    await vi.waitFor(() => expect(server.peers.some(({ frames }) => frames.length > 2)).toBe(true));
    await crew.end(0);
    await over;
    const sample = crew.take();
    expect(seen).toEqual([false]);
    expect(countOf(sample, 'unanswered')).toBe(1);
    expect(sample.errors).toEqual([]);
    expect(sample.users.done).toBe(2);
  });

  it('leaves those out whose time to start has not come', async () => {
    await using server = await GameServer.start();
    const crew = crewOf({ url: server.url }, () => {}, { starts: [{ index: 0, atMs: 3_600_000 }] });
    const over = crew.play();
    await crew.end(0);
    await over;
    expect(crew.take()).toMatchObject({ rows: [], errors: [], users: { waiting: 1, done: 0 } });
  });

  it('says what is missing to a script that asks without a connection', async () => {
    let failures = 0;
    const { errors } = await played({ url: 'ws://127.0.0.1:1' }, async (robot) => {
      if (failures++ === 0) await robot.request('a.b.c');
    });
    expect(errors[0]!.message).toContain('the robot is not connected: await robot.connect() first');
  });

  it('waits for a push no longer than it was told to', async () => {
    await using server = await GameServer.start();
    const sample = await played({ url: server.url }, async (robot) => {
      await robot.connect();
      await robot.expectPush('onNothing', undefined, { timeoutMs: 1 }).catch(() => {});
    });
    expect(sample.errors).toEqual([
      {
        ...{ where: 'push onNothing', count: 1 },
        message: 'no push onNothing came within 1 ms, or none that matched',
      },
    ]);
  });
});
