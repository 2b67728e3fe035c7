import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { eventually, TestGame } from '../helpers/cluster-process.js';

const app = `
let number = 0;
export default {
  setUp(app) {
    app.onStarted(() => setInterval(() => console.log('line ' + ++number), 1).unref());
  },
};
`;

it('a server keeps its own log short while it writes: numbered old ones, no more than are kept, and it writes on', async () => {
  await using game = await TestGame.make(
    { chat: [{ id: 'chat-1', port: 6181 }] },
    {
      ownBoot: true,
      env: { POMELO_TS_SECRET: 'of the integration tests' },
      master: { log: { maxSize: '4KiB', keep: 2 } },
    },
  );
  writeFileSync(join(game.root, 'app.js'), app);
  game.write('package.json', { type: 'module' });
  const started = await game.run('start', '-D', '-e', 'production');
  expect(started.code, started.stderr).toBe(0);
  const file = join(game.root, 'logs', 'chat-1.log');
  const firstLine = (ending: string) =>
    Number(/^line (\d+)$/m.exec(game.read(`logs/chat-1.log${ending}`))?.[1]);
  await eventually(() => existsSync(`${file}.2`) && firstLine('.2') > 500, 'the third rotation', 20_000);
  expect(game.files('logs').filter((name) => name.startsWith('chat-1'))).toEqual([
    'chat-1.log',
    'chat-1.log.1',
    'chat-1.log.2',
  ]);
  expect(firstLine('.1')).toBeGreaterThan(firstLine('.2'));
  await eventually(() => statSync(file).size > 0, 'more lines');
  expect(game.read('logs/chat-1.log')).not.toContain('\0'); // it writes at the end, wherever that is
  const { stdout } = await game.run('logs', 'chat-1', '-n', '1');
  expect(stdout).toMatch(/^line \d+\n$/);
  expect((await game.run('stop')).code).toBe(0);
});
