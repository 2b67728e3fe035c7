import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { clusterQueries, serverQueries } from '@pomelo-ts/views';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually, TestGame } from '../helpers/cluster-process.js';
import { type Asked, askedOf } from '../helpers/dashboards.js';
import { freePort } from '../helpers/free-port.js';
import { Prometheus } from '../helpers/prometheus.js';
import { RawClient } from '../helpers/raw-client.js';

/* What the dashboards ask for, asked of a real Prometheus that reads a real cluster in which something goes on. */

const rulesFile = fileURLToPath(new URL('../../deploy/observability/rules.yml', import.meta.url));

const entry = `export default (app) => ({
  ask: async (_msg, session) => ({ answer: await app.rpc.chat.chatRemote.answer('any', session.id) }),
});`;
const chat = `export default (app) => ({
  join: (_msg, session) => ({ added: app.channels.create('hall').add(session) }),
  say: ({ text }) => { app.channels.get('hall').push('onSay', { text }); return { code: 200 }; },
});`;
const remote = 'export default () => ({ answer: async (about) => about });';

let game: TestGame;
const ports = { master: 0, chat: 0, clients: 0 };

beforeAll(async () => {
  for (const name of Object.keys(ports) as (keyof typeof ports)[]) ports[name] = await freePort();
  game = await TestGame.make(
    {
      connector: [{ id: 'connector-1', port: await freePort(), clientPort: ports.clients, frontend: true }],
      chat: [{ id: 'chat-1', port: await freePort(), opsPort: ports.chat, 'auto-restart': true }],
    },
    {
      ownBoot: true,
      master: { opsPort: ports.master },
      env: { POMELO_TS_SECRET: 'what a cluster proves that is drawn' },
    },
  );
  writeFileSync(join(game.root, 'package.json'), JSON.stringify({ type: 'module' }));
  writeFileSync(join(game.root, 'app.js'), 'export default { setUp() {} };');
  for (const [folder, name, source] of [
    ['connector/handler', 'entryHandler', entry],
    ['chat/handler', 'chatHandler', chat],
    ['chat/remote', 'chatRemote', remote],
  ] as const) {
    mkdirSync(join(game.root, 'app/servers', folder), { recursive: true });
    writeFileSync(join(game.root, 'app/servers', folder, `${name}.js`), source);
  }
  const { code, stderr } = await game.run('start', '-D', '-e', 'production');
  expect([code, stderr]).toEqual([0, expect.any(String)]);
});

afterAll(() => game[Symbol.asyncDispose]());

/** What the charts of the page tell to ask for. */
const ofCharts = Object.entries({
  cluster: clusterQueries,
  'connector-1': serverQueries('connector-1'),
  'chat-1': serverQueries('chat-1'),
}).flatMap(([where, queries]) =>
  Object.entries(queries).map(
    ([figure, expression]): Asked => ({ where: `chart of ${where}: ${figure}`, expression, labels: [] }),
  ),
);

it('every expression of the dashboards gives series, with the labels that name its lines', {
  timeout: 120_000,
}, async () => {
  await using prometheus = await Prometheus.withRules([rulesFile], ports.master, ports.chat);
  await eventually(
    async () => (await prometheus.query('process_start_time_seconds{server="chat-1"}')).length > 0,
    'what the first life of chat-1 tells',
  );
  process.kill((await game.rows())['chat-1']!.pid!, 'SIGKILL'); // for the marks of restarts
  await eventually(async () => (await game.rows())['chat-1']?.state === 'ready', 'its next life');
  await using client = await RawClient.join(ports.clients);
  await client.request('chat.chatHandler.join', {});
  const longestMs = 80_000;
  const late = performance.now() + longestMs - 1000;
  let missing: readonly Asked[] = [...askedOf('game', '30s'), ...ofCharts];
  await eventually(
    async () => {
      expect(await client.request('connector.entryHandler.ask', {})).toEqual({ answer: expect.any(String) });
      await client.request('chat.chatHandler.say', { text: 'so' });
      const found = await Promise.all(
        missing.map(async (one) => [one, await isThere(prometheus, one)] as const),
      );
      missing = found.filter(([, there]) => !there).map(([one]) => one);
      return missing.length === 0 || performance.now() > late;
    },
    'series of all expressions',
    longestMs,
  );
  expect(missing.map(({ where, expression }) => `${where}: ${expression}`)).toEqual([]);
});

async function isThere(prometheus: Prometheus, { where, expression, labels }: Asked): Promise<boolean> {
  const series = await prometheus.query(expression);
  const without = series.find(({ metric }) => labels.some((label) => metric[label] === undefined));
  if (without) throw new Error(`${where}: a series of ${expression} has not all of ${labels.join(', ')}`);
  return series.length > 0;
}
