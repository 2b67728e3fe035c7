import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandText, TestGame } from './cluster-process.js';
import { freePort } from './free-port.js';

/** The secret of such a game. */
export const lookedAtSecret = 'what a cluster proves that is looked at';

/** Binds a session to the uid that it is told. */
const entry = `export default () => ({
  enter: async ({ uid }, session) => { await session.bind(uid); return { code: 200 }; },
});`;

/**
 * A handler that has a session join a channel, one that is quick, one that writes what it is told to the log as it is, one that warns of it, one that takes 80 ms, one
 * that keeps its process busy for 50 ms, and one that always fails.
 */
const chat = `function burnTheTime() {
  for (const end = Date.now() + 50; Date.now() < end; );
}
export default (app) => ({
  join: ({ room }, session) => { app.channels.create(room).add(session); return { code: 200 }; },
  murmur: () => { app.logger.debug('a word for developers'); return { code: 200 }; },
  burn: () => { burnTheTime(); return { code: 200 }; },
  say: () => ({ code: 200 }),
  shout: ({ text }) => { console.log(text); return { code: 200 }; },
  warn: ({ text }) => { app.logger.warn(text); return { code: 200 }; },
  slow: () => new Promise((resolve) => setTimeout(resolve, 80, { code: 200 })),
  fail: () => { throw new Error('on purpose'); },
});`;

/** Servers of chat let operators look at tables. */
const app = `const tables = new Map(['vip-1', '大厅'].map((id) => [id, { round: 3, token: 't0', players: [{ uid: 'ann' }] }]));
export default { setUp(app) {
  if (app.serverType === 'chat') app.inspector('table', { ids: () => tables.keys(), inspect: (id) => tables.get(id) });
} };`;

/** A game in production that operators look at: connector-1, chat-1 and chat-2, by their own ports and processes. */
export interface LookedAtGame extends AsyncDisposable {
  readonly game: TestGame;
  readonly clientPort: number;
}

/** Where its processes put temporary files. */
export const temporaryOf = ({ root }: TestGame): string => join(root, 'temporary');

/** Starts it in the background; `before` may put more into its folder. */
export async function lookedAtGame(
  master: object = {},
  before: (root: string) => void = () => {},
): Promise<LookedAtGame> {
  const clientPort = await freePort();
  const game = await TestGame.make(
    {
      connector: [{ id: 'connector-1', port: await freePort(), clientPort, frontend: true }],
      chat: [
        { id: 'chat-1', port: await freePort(), 'auto-restart': true },
        { id: 'chat-2', port: await freePort(), 'auto-restart': false },
      ],
    },
    { ownBoot: true, master, env: { POMELO_TS_SECRET: lookedAtSecret } },
  );
  writeFileSync(join(game.root, 'package.json'), JSON.stringify({ type: 'module' }));
  writeFileSync(join(game.root, 'app.js'), app);
  for (const [type, name, source] of [
    ['chat', 'chatHandler', chat],
    ['connector', 'entryHandler', entry],
  ] as const) {
    const folder = join(game.root, 'app/servers', type, 'handler');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${name}.js`), source);
  }
  // what its processes put there is not mistaken for that of others
  game.moreEnv = { TMPDIR: temporaryOf(game) };
  mkdirSync(temporaryOf(game));
  before(game.root);
  const { code, stderr } = await game.run('start', '-D', '-e', 'production');
  if (code !== 0) throw new Error(`the game did not start: ${stderr}`);
  return { game, clientPort, [Symbol.asyncDispose]: () => game[Symbol.asyncDispose]() };
}

/** What the console makes of lines from a pipe. */
export const saidToConsole = (game: TestGame, ...lines: string[]) => saidTo(game, ['console'], ...lines);

/** What a command makes of lines from a pipe. */
export async function saidTo(
  game: TestGame,
  [command, ...args]: readonly [string, ...string[]],
  ...lines: string[]
) {
  const env = { POMELO_TS_SECRET: lookedAtSecret };
  const text = commandText(game, command, { env }, ...args, '-e', 'production');
  const running = execFile('sh', ['-c', text]);
  let [stdout, stderr] = ['', ''];
  running.stdout!.on('data', (text) => (stdout += text));
  running.stderr!.on('data', (text) => (stderr += text));
  running.stdin!.end(`${lines.join('\n')}\n`);
  const [code] = await once(running, 'close');
  return { code, stdout, stderr };
}
