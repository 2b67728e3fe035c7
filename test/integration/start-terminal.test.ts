import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { commandLine, commandText, TestGame } from '../helpers/cluster-process.js';
import { Screen } from '../helpers/screen.js';

const absent = spawnSync('tmux', ['-V']).error !== undefined;
if (absent) console.warn('tmux is not installed: the tests of the terminal are skipped');

describe.skipIf(absent)('on a terminal', () => {
  it('start draws a line a tier, then the servers and where to open them, and Ctrl-C stops all', async () => {
    await using game = await TestGame.make({
      gate: [{ id: 'gate-1', clientPort: 6108, frontend: true }],
      chat: [
        { id: 'chat-1', port: 6101 },
        { id: 'chat-2', port: 6102 },
      ],
    });
    using screen = new Screen(commandText(game, 'start'));
    const started = await screen.shows('Ctrl-C stops them');
    expect(started).toContain('open http://127.0.0.1:6108/');
    const lines = started.split('\n');
    expect(lines[0]).toMatch(/^✔ backends {3}2\/2 {2}(\d+\.\d\d s|\d+ ms)$/);
    expect(lines[1]).toMatch(/^✔ gates {6}1\/1 {2}(\d+\.\d\d s|\d+ ms)$/);
    expect(started).toMatch(/^\[chat-1\] chat-1 begins$/m);
    expect(started).toMatch(/^3 servers ready in \d+\.\d\d s$/m);
    screen.press('C-c');
    const ended = await screen.shows('exit 0');
    expect(ended).toMatch(/^✔ gates {6}1\/1 .*\n✔ backends {3}2\/2 /m);
    expect(ended).toContain('3 servers stopped');
    expect(game.pids().length).toBe(0);
  });

  it('a restart draws its tiers from the inside out, and so does a start of what is missing', async () => {
    await using game = await TestGame.make({
      gate: [{ id: 'gate-1', clientPort: 6108, frontend: true }],
      chat: [
        { id: 'chat-1', port: 6101 },
        { id: 'chat-2', port: 6102 },
      ],
    });
    await game.begin('start', '-t', 'chat').says('2 servers ready');
    {
      using screen = new Screen(commandText(game, 'start'));
      const started = await screen.shows('exit 0');
      expect(started).toMatch(/^✔ gates {6}1\/1 {2}(\d+\.\d\d s|\d+ ms)$/m);
      expect(started).not.toContain('backends');
    }
    using screen = new Screen(commandText(game, 'restart'));
    const restarted = await screen.shows('exit 0');
    const steps = [...restarted.matchAll(/^✔ (\w+ \w+) +(\d\/\d) {2}\S+ m?s$/gm)].map(
      ([, step, done]) => `${step} ${done}`,
    );
    expect(steps).toEqual(['restart backends 2/2', 'restart gates 1/1']);
    expect(restarted).toContain('3 servers restarted');
  });

  it('a start that fails marks the tier and tells why', async () => {
    await using game = await TestGame.make({
      chat: [{ id: 'chat-1', behave: 'throw' }],
      gate: [{ id: 'gate-1', clientPort: 6108, frontend: true }],
    });
    using screen = new Screen(commandText(game, 'start'));
    const ended = await screen.shows('exit 1');
    expect(ended).toMatch(/^✖ backends {3}0\/1 {2}chat-1$/m);
    expect(ended).toMatch(/^error chat-1 did not start: it ended with exit code 1$/m);
    expect(ended.match(/backends/g)).toHaveLength(1);
  });

  it('list --watch draws over its table, tells of a master that has gone, and ends with Ctrl-C', async () => {
    const chat = [1, 2].map((n) => ({ id: `cluster-server-chat-${n}`, port: 6100 + n }));
    const gate = [{ id: 'gate-1', clientPort: 6108, frontend: true }];
    await using game = await TestGame.make(
      { chat, gate },
      { env: { POMELO_TS_SECRET: 'of the integration tests' } },
    );
    await game.run('start', '-D', '-e', 'production');
    using screen = new Screen(
      commandText(
        game,
        'list',
        { env: { POMELO_TS_SECRET: 'of the integration tests' } },
        '--watch',
        '100ms',
      ),
    );
    await screen.shows('MiB');
    await game.run('stop', 'cluster-server-chat-1');
    const drawn = await screen.shows('down');
    expect(drawn.match(/^id /gm)).toHaveLength(1);
    expect(drawn).toMatch(/^host 127\.0\.0\.1 {2}build|^id +type +host/m);
    await game.run('stop');
    await screen.shows('No master runs for');
    expect(screen.text()).not.toContain('gate-1');
    screen.press('C-c');
    await screen.shows('exit 0');
  });

  it('init asks, takes the usual for an empty answer, and makes nothing after Ctrl-C', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pomelo-ts-init-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const command = `env -u CI ${process.execPath} ${commandLine} init -d ${folder}`;
    {
      using screen = new Screen(command);
      await screen.shows('folder of the game (my-game):');
      screen.press('C-c');
      expect(await screen.shows('exit 130')).toContain('nothing was made');
      expect(readdirSync(folder)).toEqual([]);
    }
    using screen = new Screen(command);
    await screen.shows('folder of the game (my-game):');
    screen.press('Enter');
    expect(await screen.shows('template (chat):')).toContain('arena  the chat and a game of tag');
    screen.press('empty');
    screen.press('Enter');
    expect(await screen.shows('language (ts):')).toContain('js  JavaScript');
    screen.press('Enter');
    expect(await screen.shows('exit 0')).toContain('made my-game (empty, TypeScript');
    expect(readFileSync(join(folder, 'my-game/README.md'), 'utf8')).toContain('# my-game');
  });
});
