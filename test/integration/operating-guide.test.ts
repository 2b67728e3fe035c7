import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import JSON5 from 'json5';
import { expect, it } from 'vitest';
import { eventually, TestGame } from '../helpers/cluster-process.js';

const page = readFileSync(fileURLToPath(new URL('../../docs/guides/operating.md', import.meta.url)), 'utf8');
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, code]) => code!);
const commands = blocks('sh').flatMap((code) => code.trim().split('\n'));

/** The words of a command line, quotes taken off. */
const wordsOf = (line: string) =>
  [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare!,
  );

/** Commands that go on until they are told to stop. */
const goesOn = (words: readonly string[]) =>
  words.includes('run') || words.includes('-f') || words.includes('--watch');

it('the guide shows commands that work, in its order, with its settings', { timeout: 240_000 }, async () => {
  const [settings] = blocks('json5');
  const chat = [1, 2].map((n) => ({ id: `chat-${n}`, port: 6179 + n }));
  const servers = {
    chat: [...chat, { id: 'chat-5', port: 6190, external: true }],
    lobby: [{ id: 'lobby-1', port: 6191, external: true }],
    gate: [{ id: 'gate-1', clientPort: 6192, frontend: true, behave: 'turn-away' }],
  };
  await using game = await TestGame.make(servers, {
    env: { POMELO_TS_SECRET: 'of the integration tests' },
    master: JSON5.parse(settings!),
  });
  expect(await game.run('start', '-D', '-e', 'production')).toMatchObject({ code: 0, stderr: '' });
  expect(commands.length).toBeGreaterThan(20);
  for (const line of commands) {
    const [name, command, ...args] = wordsOf(line);
    if (line === 'kill -KILL "$(cat .pomelo-ts/master.pid)"') {
      process.kill(Number(game.read('.pomelo-ts/master.pid')), 'SIGKILL');
      continue;
    }
    expect(name).toBe('pomelo-ts');
    const running = game.begin(command!, ...args);
    if (goesOn([command!, ...args])) {
      await eventually(async () => {
        const rows = command === 'run' ? Object.values(await game.rows()) : [];
        const runs = rows.some(({ external, state }) => external && state === 'ready');
        return running.stdout !== '' && (runs || command !== 'run');
      }, `the work of ${line}`);
      running.child.kill('SIGTERM');
    }
    const { code, stderr: told } = await running.ended;
    const stderr = told.replace(/^(nothing was logged by|no line of) .*\n/gm, ''); // of a game whose servers have little to say
    expect({ line, code, stderr }).toEqual({ line, code: 0, stderr: '' });
  }
  const rows = await game.rows();
  const states = Object.entries(rows).map(([id, { state }]) => `${id} ${state}`);
  expect(states.filter((state) => !state.endsWith('ready'))).toEqual(['chat-5 gone', 'lobby-1 gone']);
  expect(Object.keys(rows)).toEqual([
    'chat-1',
    'chat-2',
    'chat-5',
    'lobby-1',
    'gate-1',
    'cluster-server-chat-0',
    'chat-4',
  ]);
});
