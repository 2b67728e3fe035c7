import { copyFileSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { usualQuery } from '@pomelo-ts/views';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AdminClient, type AdminFeed, type FeedMessage } from '../helpers/admin-client.js';
import { commandText, eventually, TestGame } from '../helpers/cluster-process.js';
import { freePort } from '../helpers/free-port.js';
import { Screen } from '../helpers/screen.js';

/*
 * npm run figures: what it costs to look at 50 servers with 100,000 clients. The clients are simulated: sessions with a uid of their own, as a frontend
 * has them, without sockets. Times and shares are printed, as they are those of the machine; what is asserted is that all is there.
 */

/** What the benches measure processes by. */
const { cpuMicros, residentKb } = (await import('../bench/lib/proc-stat.mjs' as string)) as Readonly<
  Record<'cpuMicros' | 'residentKb', (pid: number) => number>
>;

const [frontends, clients, others] = [9, 100_008, 40];
const lookers = 10;
const secret = 'what a cluster proves whose operators are counted';
const entry = `export default () => ({
  enter: async ({ uid }, session) => { await session.bind(uid); return { code: 200 }; },
});`;

let game: TestGame;
let masterPid = 0;
let key = '';
const ports = { admin: 0, ops: 0 };

beforeAll(async () => {
  for (const name of ['admin', 'ops'] as const) ports[name] = await freePort();
  const each = clients / frontends;
  const connector = await Promise.all(
    Array.from({ length: frontends }, async (_, n) => ({
      ...{ id: `connector-${n + 1}`, port: await freePort(), clientPort: await freePort(), frontend: true },
      acceptors: [{ name: 'simulated', port: await freePort(), options: { count: each, begin: n * each } }],
    })),
  );
  const chat = await Promise.all(
    Array.from({ length: others }, async (_, n) => ({
      ...{ id: `chat-${n + 1}`, port: await freePort(), 'auto-restart': true },
    })),
  );
  const gate = [{ id: 'gate-1', port: await freePort(), clientPort: await freePort(), frontend: true }];
  const admin = { port: ports.admin, secondFactor: 'optional' };
  const master = { admin, opsPort: ports.ops, startTimeout: '120s' };
  game = await TestGame.make(
    { connector, chat, gate },
    { ownBoot: true, env: { POMELO_TS_SECRET: secret }, master },
  );
  game.write('package.json', { type: 'module' });
  copyFileSync(
    fileURLToPath(new URL('../helpers/simulated-app.js', import.meta.url)),
    join(game.root, 'app.js'),
  );
  const folder = join(game.root, 'app/servers/connector/handler');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'entryHandler.js'), entry);
  expect(await game.run('start', '-D', '-e', 'production')).toMatchObject({ code: 0 });
  masterPid = Number(game.read('.pomelo-ts/master.pid'));
  const { stdout } = await game.run(
    'key',
    'create',
    'figures',
    '--role',
    'admin',
    '--rate',
    '50000',
    '-e',
    'production',
  );
  key = /pt_\S+/.exec(stdout)![0];
  const client = asked();
  await eventually(
    async () => {
      const { body } = await client.operate('users.count');
      return body?.answer?.uids === clients;
    },
    'all clients to have signed in',
    180_000,
  );
}, 400_000);
afterAll(async () => {
  await game?.run('stop', '-e', 'production');
  await game?.[Symbol.asyncDispose]();
}, 120_000);

function asked(): AdminClient {
  const client = new AdminClient(ports.admin);
  client.key = key;
  return client;
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The share of a core that a process takes, in percent, over so many seconds. */
async function shareOf(pid: number, seconds: number): Promise<number> {
  const [before, begun] = [cpuMicros(pid), performance.now()];
  await wait(seconds * 1000);
  return (cpuMicros(pid) - before) / (performance.now() - begun) / 10;
}

const show = (name: string, value: string) => console.log(`${name}: ${value}`);
const percent = (value: number) => `${value.toFixed(1)} % of a core`;
const quantile = (values: readonly number[], q: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))]!;

it('the master alone, and its /metrics', async () => {
  show('master, nobody looks', percent(await shareOf(masterPid, 20)));
  show('master, memory', `${Math.round(residentKb(masterPid) / 1024)} MiB`);
  const times: number[] = [];
  const before = cpuMicros(masterPid);
  let text = '';
  for (let n = 0; n < 20; n++) {
    const begun = performance.now();
    const answer = await fetch(`http://127.0.0.1:${ports.ops}/metrics`);
    text = await answer.text();
    times.push(performance.now() - begun);
    await wait(200);
  }
  const cpuMs = (cpuMicros(masterPid) - before) / 1000 / times.length;
  const series = text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
  expect(text).toContain('pomelo_client_connections');
  show(
    '/metrics of 50 servers',
    `${quantile(times, 0.5).toFixed(0)} ms median, ${quantile(times, 1).toFixed(0)} ms at most, ${cpuMs.toFixed(0)} ms of CPU with the fifth of a second between them; ${series} series, ${Math.round(text.length / 1024)} KiB`,
  );
}, 120_000);

it('ten terminals', async () => {
  const idle = await shareOf(masterPid, 15);
  const screens = Array.from({ length: lookers }, (_, n) => {
    const screen = new Screen(
      commandText(game, 'top -e production', { env: { TERM: 'screen-256color', POMELO_TS_SECRET: secret } }),
      { columns: 80, rows: 24 },
    );
    screen.writeTo(join(game.root, `screen-${n}`));
    return screen;
  });
  try {
    await Promise.all(screens.map((screen) => screen.shows('servers: 50 ready')));
    await wait(5000);
    const sizes = () => screens.map((_, n) => statSync(join(game.root, `screen-${n}`)).size);
    const before = sizes();
    const share = await shareOf(masterPid, 30);
    const rates = sizes().map((size, n) => (size - before[n]!) / 30 / 1000);
    show(
      `master, ${lookers} terminals`,
      `${percent(share)}, ${(share - idle).toFixed(1)} % more than nobody`,
    );
    show(
      'each terminal',
      `${quantile(rates, 0.5).toFixed(2)} kB/s median, ${quantile(rates, 1).toFixed(2)} at most`,
    );
    const { pid } = (await game.rows())['chat-7']!;
    const begun = performance.now();
    process.kill(pid!, 'SIGKILL');
    await eventually(
      () => / chat-7 .*(gone|down|restart|starting|exit|SIGKILL)/i.test(screens[0]!.text()),
      'the killed server',
    );
    show(
      'a killed server stands in the terminal after',
      `${((performance.now() - begun) / 1000).toFixed(2)} s`,
    );
    await eventually(async () => (await game.rows())['chat-7']!.state === 'ready', 'chat-7 again');
  } finally {
    for (const screen of screens) screen[Symbol.dispose]();
  }
}, 180_000);

/** A page: what it watches all the time, and queries that somebody types. */
class Page {
  bytes = 0;
  readonly feed: AdminFeed;
  #n = 0;
  readonly #waiting = new Map<number, (message: FeedMessage) => void>();

  constructor(feed: AdminFeed) {
    this.feed = feed;
    feed.socket.on('message', (data) => {
      this.bytes += (data as Buffer).length;
      const message = JSON.parse(String(data)) as FeedMessage;
      this.#waiting.get(message.n)?.(message);
    });
  }

  watch(view: string, more: object = {}): number {
    this.feed.send({ n: ++this.#n, verb: 'views.watch', args: { ...usual, view, ...more } });
    return this.#n;
  }

  /** Types a letter more: the query before ends, and this one is answered; gives how long that took, in ms. */
  async query(
    before: number | undefined,
    filter: string,
  ): Promise<{ n: number; ms: number; matching: number; silent: number }> {
    if (before !== undefined) this.feed.send({ n: before, cancel: true });
    const begun = performance.now();
    const n = this.watch('users', { filter, limit: 100 });
    const message = await new Promise<FeedMessage>((resolve) => this.#waiting.set(n, resolve));
    this.#waiting.delete(n);
    if (message.error) throw new Error(JSON.stringify(message.error));
    return {
      n,
      ms: performance.now() - begun,
      matching: message.progress.matching,
      silent: message.progress.silent.length,
    };
  }
}

const usual = { ...usualQuery, limit: 100 };

it('ten pages, and ten people who type queries over all users', async () => {
  const pages = await Promise.all(
    Array.from({ length: lookers }, async () => new Page(await asked().feed())),
  );
  try {
    for (const page of pages) page.watch('servers');
    await wait(5000);
    const before = pages.map(({ bytes }) => bytes);
    const share = await shareOf(masterPid, 20);
    const rates = pages.map(({ bytes }, n) => (bytes - before[n]!) / 20 / 1000);
    show(`master, ${lookers} pages`, percent(share));
    show(
      'each page',
      `${quantile(rates, 0.5).toFixed(2)} kB/s median, ${quantile(rates, 1).toFixed(2)} at most`,
    );
    const times: number[] = [];
    let partial = 0;
    const typing = pages.map(async (page, who) => {
      let last: number | undefined;
      for (let round = 0; round < 4; round++)
        for (const text of [
          'player',
          'player-',
          `player-${who + 1}`,
          `player-${who + 1}${round}`,
          `uid=player-${who + 1}${round}1`,
        ]) {
          const { n, ms, matching, silent } = await page.query(last, text);
          expect(matching, `${text}, ${silent} silent`).toBeGreaterThan(0);
          times.push(ms);
          partial += silent > 0 ? 1 : 0;
          last = n;
          await wait(600);
        }
    });
    const typed = shareOf(masterPid, 12);
    await Promise.all(typing);
    show('master, ten people type', percent(await typed));
    show(
      `${times.length} queries over ${clients} users`,
      `${quantile(times, 0.5).toFixed(0)} ms median, ${quantile(times, 0.95).toFixed(0)} ms 95 %, ${quantile(times, 1).toFixed(0)} ms at most; ${partial} partial`,
    );
    const { pid } = (await game.rows())['chat-8']!;
    const seen = pages[0]!;
    const begun = performance.now();
    const n = seen.watch('servers', { filter: 'id=chat-8' });
    const changed = () => seen.feed.told.filter((message) => message.n === n).length > 1;
    process.kill(pid!, 'SIGKILL');
    await eventually(changed, 'the killed server');
    show('a killed server comes to the page after', `${((performance.now() - begun) / 1000).toFixed(2)} s`);
  } finally {
    for (const page of pages) await page.feed[Symbol.asyncDispose]();
  }
}, 180_000);
