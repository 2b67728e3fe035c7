import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alerts, recordings } from '../../framework/views/src/alerts.js';
import { Certificates } from '../helpers/certificates.js';
import { eventually, TestGame } from '../helpers/cluster-process.js';
import { freePort } from '../helpers/free-port.js';
import { findingsOf, Prometheus } from '../helpers/prometheus.js';
import { RawClient } from '../helpers/raw-client.js';

/* A real cluster, read by a real Prometheus. */

const rulesFile = fileURLToPath(new URL('../../deploy/observability/rules.yml', import.meta.url));

/* A server of chat starts no sooner than the file `held` beside its handlers is gone. */
const chat = `import { existsSync } from 'node:fs';
while (existsSync(new URL('../held', import.meta.url))) await new Promise((done) => setTimeout(done, 20));
export default (app) => {
  const rooms = app.measures.gauge({ name: 'chat.rooms', help: 'Rooms that are open.' }, () => 3);
  const saves = app.measures.histogram({ name: 'chat.saves', help: 'Saves.', unit: 'seconds' });
  const mood = app.measures.gauge({ name: 'chat.mood', help: 'A figure.' });
  return {
    odd: () => {
      for (const none of [NaN, -0.005, Infinity]) { saves.observe(none); mood.set(none); }
      return {};
    },
    send: () => ({ code: 200 }),
    shout: () => app.channels.broadcast('connector', 'onShout', {}),
    fail: () => { throw new Error('on purpose'); },
    work: () => { for (const end = Date.now() + 300; Date.now() < end; ); return {}; },
  };
};`;

let game: TestGame;
const certificates = new Certificates();
const ports = { admin: 0, master: 0, chat: 0, chat2: 0, clients: 0 };

beforeAll(async () => {
  for (const name of Object.keys(ports) as (keyof typeof ports)[]) ports[name] = await freePort();
  game = await TestGame.make(
    {
      connector: [
        {
          id: 'connector-1',
          port: await freePort(),
          clientPort: ports.clients,
          frontend: true,
          group: 'blue',
        },
      ],
      chat: [
        { id: 'chat-1', port: await freePort(), opsPort: ports.chat, 'auto-restart': true },
        { id: 'chat-2', port: await freePort(), opsPort: ports.chat2, metricsTokenFile: 'metrics.token' },
      ],
    },
    {
      ownBoot: true,
      master: { opsPort: ports.master, admin: { port: ports.admin, tls: certificates.member } },
      env: { POMELO_TS_SECRET: 'what a cluster proves that is looked into' },
    },
  );
  writeFileSync(join(game.root, 'metrics.token'), 'one token\n', { mode: 0o600 });
  writeFileSync(join(game.root, 'package.json'), JSON.stringify({ type: 'module' }));
  writeFileSync(join(game.root, 'app.js'), 'export default { setUp() {} };');
  const folder = join(game.root, 'app/servers/chat/handler');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'chatHandler.js'), chat);
  const { code, stderr } = await game.run('start', '-D', '-e', 'production');
  expect([code, stderr]).toEqual([0, expect.any(String)]);
});

afterAll(async () => {
  certificates[Symbol.dispose]();
  await game[Symbol.asyncDispose]();
});

async function read(port: number, path = '/metrics'): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}${path}`)).text();
}

/** Values of a metric by server, as the text has them. */
function valuesOf(text: string, name: string): Record<string, number> {
  const lines = text.matchAll(new RegExp(`^${name}\\{server="([^"]+)".*\\} (\\S+)$`, 'gm'));
  return Object.fromEntries([...lines].map(([, server, value]) => [server, Number(value)]));
}

type Health = {
  status: string;
  components: Record<string, { status: string; cause?: string; since: string }>;
};

const healthAt = async (port: number) => JSON.parse(await read(port, '/health')) as Health;

describe('the ports for metrics and health', () => {
  it('tell what Prometheus takes, of all servers and of one, by its conventions', async () => {
    const [ofAll, ofOne] = [await read(ports.master), await read(ports.chat)];
    expect([findingsOf(ofAll), findingsOf(ofOne)]).toEqual(['', '']);
    expect(valuesOf(ofAll, 'pomelo_server_up')).toEqual({ 'connector-1': 1, 'chat-1': 1, 'chat-2': 1 });
    expect(ofAll).toMatch(
      /^pomelo_server_up\{server="connector-1",type="connector",host="127.0.0.1",group="blue"\} 1$/m,
    );
    expect(ofAll).toMatch(/^pomelo_leader\{server="master",type="master",host="127.0.0.1",term="\d+"\} 1$/m);
    expect(Object.keys(valuesOf(ofAll, 'process_cpu_seconds_total')).sort()).toEqual([
      'chat-1',
      'chat-2',
      'connector-1',
      'master',
    ]);
    const disks = ofAll.matchAll(/^pomelo_disk_free_bytes\{server="([^"]+)",.*,disk="logs"\} \d+$/gm);
    expect([...disks].map(([, server]) => server).sort()).toEqual([
      'chat-1',
      'chat-2',
      'connector-1',
      'master',
    ]);
    expect(ofOne).toMatch(/^pomelo_disk_size_bytes\{server="chat-1",.*,disk="logs"\} \d+$/m);
    expect(ofOne).toMatch(/^game_chat_rooms\{server="chat-1",type="chat",host="127.0.0.1"\} 3$/m);
    expect(Object.keys(valuesOf(ofOne, 'pomelo_heap_limit_bytes'))).toEqual(['chat-1']);
  });

  it('are for those who bring the token that a server is set, and no others', async () => {
    const ask = (headers: Record<string, string>) =>
      fetch(`http://127.0.0.1:${ports.chat2}/metrics`, { headers });
    expect((await ask({})).status).toBe(401);
    expect((await ask({ authorization: 'Bearer another' })).status).toBe(401);
    const right = await ask({ authorization: 'Bearer one token' });
    expect([right.status, await right.text()]).toEqual([200, expect.stringContaining('server="chat-2"')]);
  });

  it('count what clients do, by route and by how it ended', async () => {
    await using client = await RawClient.join(ports.clients);
    for (let i = 0; i < 5; i++) await client.request('chat.chatHandler.send', {});
    await client.request('chat.chatHandler.fail', {});
    const count = (end: string, text: string) =>
      new RegExp(
        `^pomelo_request_duration_seconds_count\\{server="connector-1".*route="chat.chatHandler.send",code_class="${end}"\\} (\\d+)`,
        'm',
      ).exec(text)?.[1];
    const isTold = (text: string) =>
      count('ok', text) === '5' &&
      /route="chat.chatHandler.fail",code_class="error"\} 1$/m.test(text) &&
      valuesOf(text, 'pomelo_client_connected')['connector-1'] === 1;
    await eventually(
      async () => isTold(await read(ports.master)),
      'five requests, one that failed, and a client',
    );
    const told = await read(ports.master);
    expect(valuesOf(told, 'pomelo_client_connected')).toMatchObject({ 'chat-1': 0 });
    const states = [
      ...told.matchAll(/^pomelo_client_states\{server="connector-1".*state="(\w+)"\} (\d+)$/gm),
    ];
    expect(states.map(([, state, count]) => [state, count])).toEqual([
      ['handshake', '0'],
      ['guest', '1'],
      ['bound', '0'],
    ]);
    expect(told).toMatch(
      /^pomelo_forward_duration_seconds_count\{server="connector-1".*peer_type="chat",code_class="ok"\} [5-9]/m,
    );
    expect(told).toMatch(/^pomelo_build_info\{server="chat-1",.*build="[^"]*",wire="\d+"\} 1$/m);
  });

  it('have all that the rules for Prometheus ask for: each is worked out, and each measure in them has series', async () => {
    await using client = await RawClient.join(ports.clients);
    await client.request('chat.chatHandler.send', {});
    await client.request('chat.chatHandler.shout', {});
    await using prometheus = await Prometheus.withRules([rulesFile], ports.master, ports.chat);
    const rules = await eventually(async () => {
      const all = await prometheus.rules();
      return all.length > 0 && all.every(({ health }) => health !== 'unknown') && all;
    }, 'each rule to be worked out');
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
    const known = [...Object.keys(alerts), ...Object.keys(recordings)].sort();
    expect([...new Set(rules.map(({ name }) => name))].sort()).toEqual(known);
    const expressions = [
      ...Object.values(alerts).map(({ expression }) => expression),
      ...Object.values(recordings),
    ];
    const measures = new Set(expressions.flatMap((text) => text.match(/\b(pomelo|process)_[a-z_]+/g) ?? []));
    expect(measures.size).toBeGreaterThan(20);
    const read = async (name: string) => (await prometheus.query(name)).length;
    await eventually(
      async () =>
        (await read('pomelo_request_duration_seconds_bucket')) > 0 &&
        (await read('pomelo_push_fanout_sum')) > 0 &&
        (await read('pomelo_host_clock_skew_seconds')) > 0,
      'what a client did and was sent, and what time it is there',
    );
    const { validTo } = new X509Certificate(readFileSync(certificates.member.cert));
    const [certificate] = await prometheus.query('pomelo_tls_certificate_expires_seconds{place="admin"}');
    expect(certificate?.value).toBe(Date.parse(validTo) / 1000);
    const missing: string[] = [];
    for (const name of measures) if ((await read(name)) === 0) missing.push(name);
    expect(missing).toEqual(['pomelo_store_up']); // store-away.test reads masters that share a store
    for (const name of [
      'pomelo:server_up',
      'pomelo:online:sum',
      'pomelo:heap_used:bytes',
      'pomelo:loop_delay:p99',
    ])
      await eventually(async () => (await read(name)) > 0, `series of ${name}`);
    const same =
      'count(max by (job, server) (pomelo_process_registry_revision) == on (job) group_left () max by (job) (pomelo_registry_revision))';
    await eventually(
      async () => (await prometheus.query(same))[0]?.value === 3,
      'each server to know of the cluster what the master does',
    );
  });

  it('have a real Prometheus see a server that is killed and comes back, and how it ended', async () => {
    await using prometheus = await Prometheus.reading(ports.master, ports.chat);
    const value = async (expression: string) => (await prometheus.query(expression))[0]?.value;
    await eventually(async () => (await value('sum(pomelo_server_up)')) === 3, 'three servers');
    await eventually(async () => (await value('count(up == 1)')) === 2, 'both targets');
    // A server that is back before the next scrape is not seen to go, so that the test holds it until it was.
    const held = join(game.root, 'app/servers/chat/held');
    writeFileSync(held, '');
    const { pid } = (await game.rows())['chat-1']!;
    process.kill(pid!, 'SIGKILL');
    await eventually(async () => (await value('pomelo_server_up{server="chat-1"}')) === 0, 'its end');
    rmSync(held);
    await eventually(
      async () => (await value('pomelo_server_restarts_total{server="chat-1",cause="signal"}')) === 1,
      'the restart',
    );
    await eventually(async () => (await value('sum(pomelo_server_up)')) === 3, 'its return');
    expect(await value('sum(pomelo_server_restarts_total)')).toBe(1);
  });

  it('are read though a game measures nonsense, and its link stays', async () => {
    const before = valuesOf(await read(ports.master), 'pomelo_link_opened_total');
    await using client = await RawClient.join(ports.clients);
    await client.request('chat.chatHandler.odd', {});
    const dropped = async () =>
      Object.values(valuesOf(await read(ports.master), 'pomelo_measures_dropped_total')).some((n) => n === 3);
    await eventually(dropped, 'the three numbers that are none');
    const text = await read(ports.master);
    expect(findingsOf(text)).toBe('');
    expect(valuesOf(text, 'pomelo_link_opened_total')).toEqual(before);
    expect(text).toContain('pomelo_exposition_left_out 0');
  });

  it('tell of a slow event loop while it is, with cause and cure', async () => {
    await using client = await RawClient.join(ports.clients);
    expect((await healthAt(ports.chat)).components['eventLoop']).toMatchObject({ since: expect.any(String) });
    const slow = async () => {
      await Promise.all(Array.from({ length: 4 }, () => client.request('chat.chatHandler.work', {})));
      const both = [await healthAt(ports.chat), await healthAt(ports.chat2)];
      return both.map(({ components }) => components['eventLoop']!.cause).find(Boolean);
    };
    expect(await eventually(slow, 'a slow event loop', 40_000)).toMatch(/^the event loop is \d+ ms late/);
  });

  it('say that a server which drains is not ready for more, and is well', async () => {
    const readyAt = async () => (await fetch(`http://127.0.0.1:${ports.chat2}/readyz`)).status;
    expect(await readyAt()).toBe(200);
    expect((await game.run('drain', 'chat-2')).code).toBe(0);
    await eventually(async () => (await readyAt()) === 503, 'word of the drain');
    expect((await healthAt(ports.chat2)).components['server']).toMatchObject({
      status: 'UP',
      details: { draining: true },
    });
    expect((await game.run('undrain', 'chat-2')).code).toBe(0);
    await eventually(async () => (await readyAt()) === 200, 'word of its end');
  });

  it('of a server tell that its master is gone, while it is', async () => {
    const linkAt = async (status: string) => {
      const { link } = (await healthAt(ports.chat2)).components;
      return link!.status === status && link;
    };
    expect(await linkAt('UP')).toMatchObject({ status: 'UP' });
    process.kill(Number(game.read('.pomelo-ts/master.pid')), 'SIGKILL');
    expect(await eventually(() => linkAt('DEGRADED'), 'word of it')).toMatchObject({
      cause: expect.stringMatching(/^its master does not answer/),
      cure: expect.stringMatching(/^pomelo-ts list/),
    });
    expect((await game.run('start', '-D', '-e', 'production')).code).toBe(0);
    await eventually(() => linkAt('UP'), 'the next master');
  });

  it('tell whether all is well, and of servers that should run and do not', async () => {
    const isUp = async () => (await healthAt(ports.master)).components['servers']!.status === 'UP';
    await eventually(isUp, 'all servers');
    expect(JSON.parse(await read(ports.master, '/readyz'))).toEqual({ status: 'ready', id: 'master' });
    await game.run('stop', 'chat-2');
    expect(await isUp()).toBe(true); // an operator wanted that
    writeFileSync(
      join(game.root, 'app/servers/chat/handler/chatHandler.js'),
      'throw new Error("broken code");',
    );
    const { pid } = (await game.rows())['chat-1']!;
    process.kill(pid!, 'SIGKILL');
    const down = async () => {
      const { status, components } = await healthAt(ports.master);
      return status === 'DOWN' && components['servers']!.cause;
    };
    expect(await eventually(down, 'the end of chat')).toMatch(
      /1 of 3 servers do not serve: chat-1 \([^)]*\); nobody serves chat$/,
    );
    expect(await read(ports.master, '/health')).not.toContain('broken code'); // nobody signs in there
  });

  it('are closed to other machines, as long as nobody opens them', () => {
    const sockets = execFileSync('ss', ['-Hltn', `( sport = :${ports.master} or sport = :${ports.chat} )`], {
      encoding: 'utf8',
    });
    for (const line of sockets.trim().split('\n').filter(Boolean)) expect(line).toMatch(/127\.0\.0\.1:/);
    expect(sockets).toContain(`127.0.0.1:${ports.master}`);
  });
});

describe('the port for metrics and health, when somebody else has it', () => {
  it('stops who begins a cluster; a master that comes back leads, a server serves, and both open it once they can', async () => {
    const [master, chat] = [await freePort(), await freePort()];
    await using taken = await Taken.of(master, chat);
    await using small = await TestGame.make(
      { chat: [{ id: 'chat-1', port: await freePort(), opsPort: chat }] },
      { ownBoot: true, master: { opsPort: master } },
    );
    small.write('package.json', { type: 'module' });
    writeFileSync(join(small.root, 'app.js'), 'export default { setUp() {} };');
    const refused = await small.run('start', '-D');
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining(String(master))]);

    await taken.free(master);
    const started = await small.run('start', '-D');
    expect([started.code, started.stderr]).toEqual([0, expect.any(String)]);
    expect(started.stdout).toContain(`measures and health at 127.0.0.1:${master}`);
    const { pid } = JSON.parse(small.read('.pomelo-ts/master.json')) as { pid: number };
    const { pid: server } = (await small.rows())['chat-1']!;
    process.kill(pid, 'SIGKILL');
    await taken.take(master);
    const back = await small.run('start', '-D');
    expect([back.code, back.stderr]).toEqual([0, expect.any(String)]);
    expect((await small.rows())['chat-1']).toMatchObject({ state: 'ready', pid: server });

    await taken.free(master);
    await taken.free(chat);
    const ready = (port: number) => async () =>
      (await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined))?.ok;
    await eventually(ready(master), 'the port of the master', 20_000);
    await eventually(ready(chat), 'the port of the server', 20_000);
  });
});

/** Ports that somebody else has. */
class Taken {
  readonly #servers = new Map<number, ReturnType<typeof createServer>>();

  static async of(...ports: number[]): Promise<Taken> {
    const taken = new Taken();
    for (const port of ports) await taken.take(port);
    return taken;
  }

  /** Takes a port, once whoever had it has let go of it. */
  async take(port: number): Promise<void> {
    const listens = async () => {
      const server = createServer((socket) => socket.destroy()).listen(port, '127.0.0.1');
      const taken = await once(server, 'listening').then(
        () => true,
        () => false,
      );
      if (taken) this.#servers.set(port, server);
      return taken;
    };
    await eventually(listens, `the port ${port}`);
  }

  async free(port: number): Promise<void> {
    const server = this.#servers.get(port);
    this.#servers.delete(port);
    server?.close();
    if (server) await once(server, 'close');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const port of [...this.#servers.keys()]) await this.free(port);
  }
}
