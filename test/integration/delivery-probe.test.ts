import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, TestGame } from '../helpers/cluster-process.js';
import { freePort } from '../helpers/free-port.js';
import { RawClient } from '../helpers/raw-client.js';

/* A real cluster whose gate looks whether what is sent to players arrives. */

/** Lets nobody in, and hears of the end of every session. */
const app = `export default { setUp(app) {
  const ends = app.measures.counter({ name: 'game.ends', help: 'Ends of sessions.' });
  app.onConnect(() => ({ refuse: { code: 401, reason: 'nobody may come' } }));
  app.onSessionClosed(() => ends.add());
} };`;

interface Health {
  readonly status: string;
  readonly components: Record<
    string,
    { status: string; since: string; cause?: string; cure?: string; details?: object }
  >;
}

let game: TestGame;
const ports = { gate: 0, connector: 0, clients: 0, master: 0 };

beforeAll(async () => {
  for (const name of Object.keys(ports) as (keyof typeof ports)[]) ports[name] = await freePort();
  game = await TestGame.make(
    {
      gate: [{ id: 'gate-1', clientPort: await freePort(), frontend: true, opsPort: ports.gate }],
      connector: [
        {
          ...{ id: 'connector-1', port: await freePort(), clientPort: ports.clients, frontend: true },
          opsPort: ports.connector,
        },
      ],
      chat: [{ id: 'chat-1', port: await freePort(), 'auto-restart': true }],
    },
    {
      ownBoot: true,
      master: { opsPort: ports.master },
      env: { POMELO_TS_SECRET: 'what a cluster proves that probes itself' },
    },
  );
  writeFileSync(join(game.root, 'package.json'), JSON.stringify({ type: 'module' }));
  writeFileSync(join(game.root, 'app.js'), app);
  game.write('config/settings.json', { client: { probe: '1s' } });
  mkdirSync(join(game.root, 'app/servers/chat/handler'), { recursive: true });
  const { code, stderr } = await game.run('start', '-D', '-e', 'production');
  if (code !== 0) throw new Error(stderr);
});

afterAll(() => game[Symbol.asyncDispose]());

const read = async (port: number, path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).text();
const delivery = async (of: 'gate' | 'master' = 'gate') =>
  (JSON.parse(await read(ports[of], '/health')) as Health).components['delivery']!;

async function value(port: number, metric: string): Promise<number> {
  const [, number] = new RegExp(`^${metric} (\\S+)$`, 'm').exec(await read(port, '/metrics')) ?? [];
  return Number(number);
}

const probes = () =>
  value(ports.gate, 'pomelo_client_probe_duration_seconds_count\\{server="gate-1",[^}]*\\}').then((count) =>
    Number.isNaN(count) ? 0 : count,
  );

describe('the delivery probe', () => {
  it('goes from a gate by the port for clients to a connector and a backend, and gets its push, and the game knows nothing of it', async () => {
    await eventually(async () => (await probes()) >= 3, 'three probes');
    expect(await delivery()).toMatchObject({ status: 'UP' });
    await eventually(async () => (await delivery('master'))?.status === 'UP', 'the word of the master');
    expect(await delivery('master')).toMatchObject({ details: { probedBy: ['gate-1'], failing: [] } });
    const labels = '\\{server="gate-1",type="gate",host="127.0.0.1",connector="connector-1"\\}';
    expect(await value(ports.gate, `pomelo_client_probe_failing${labels}`)).toBe(0);
    const connector = '\\{server="connector-1",type="connector",host="127.0.0.1"\\}';
    expect(await value(ports.connector, `game_game_ends_total${connector}`)).toBe(0);
    await eventually(
      async () => (await value(ports.connector, `pomelo_client_connected${connector}`)) === 0,
      'the end of the last probe',
    );
  });

  it('lets nobody else in', async () => {
    for (const probe of ['', '0'.repeat(32), null, true, ['x'], { toString: 1 }]) {
      await using client = await RawClient.connect(ports.clients);
      expect(await client.handshake({ sys: { type: 'x', version: '1', probe } })).toEqual({
        ...{ code: 401, message: 'nobody may come' },
      });
    }
  });

  it('tells within seconds that clients of a connector are not reached though all servers are well, in top too, and when that is over', async () => {
    const change = (act: string, ...more: string[]) =>
      game.run('blacklist', act, '127.0.0.1', '-e', 'production', ...more);
    const refused = await change('add');
    expect([refused.code, refused.stderr]).toEqual([
      ...[1, expect.stringContaining('127.0.0.1 has frontends of this cluster in it: connector-1, gate-1.')],
    ]);
    expect((await change('add', '--force')).code).toBe(0);
    const down = await eventually(async () => {
      const now = await delivery();
      return now.status === 'DOWN' && now;
    }, 'word of it');
    expect(down.cause).toMatch(/clients of connector-1 does not arrive in time \(connection: .+\)/);
    const ofMaster = await eventually(async () => {
      const now = await delivery('master');
      return now.status === 'DOWN' && now;
    }, 'word of it of the master');
    expect(ofMaster).toMatchObject({
      cause:
        'what is sent to clients of connector-1 does not arrive in time: the blacklist keeps out gate-1, which probes it, by 127.0.0.1',
      cure: 'pomelo-ts blacklist remove 127.0.0.1',
      since: expect.stringMatching(/^20.+Z$/),
      details: { probedBy: ['gate-1'], failing: [{ connector: 'connector-1', by: 'gate-1' }] },
    });
    const said =
      'found that what is sent to clients does not arrive (frontends: 1): it is kept out by 127.0.0.1 of the blacklist';
    await eventually(
      async () => (await game.run('top', '--json', '-e', 'production')).stdout.includes(said),
      'word of it in top',
    );
    expect(Object.values(await game.rows()).map(({ state }) => state)).toEqual(['ready', 'ready', 'ready']);
    expect((await change('remove')).code).toBe(0);
    await eventually(async () => (await delivery()).status === 'UP', 'its end');
    await eventually(async () => (await delivery('master')).status === 'UP', 'its end at the master');
  });

  it.each(['chat-1', 'connector-1'])('tells that %s hangs, before anybody has given it up', async (id) => {
    const { pid } = (await game.rows())[id]!;
    process.kill(pid!, 'SIGSTOP');
    try {
      await eventually(async () => (await delivery()).status === 'DOWN', 'word of it');
    } finally {
      process.kill(pid!, 'SIGCONT');
    }
    await eventually(async () => (await delivery()).status === 'UP', 'its end', 40_000);
  });
});
