import { chmodSync, chownSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoryRoot, TestGame } from '../helpers/cluster-process.js';
import { freePort } from '../helpers/free-port.js';

const nobody = 65534;

/** Has the next commands of a game be run by another user. */
function asNobody(game: TestGame, folder: string): void {
  const node = join(folder, 'node-of-nobody');
  const run = `exec setpriv --reuid=${nobody} --regid=${nobody} --clear-groups ${process.execPath} "$@"`;
  writeFileSync(node, `#!/bin/sh\n${run}\n`, { mode: 0o755 });
  chmodSync(game.root, 0o755);
  game.node = node;
}

const modes = new Map<string, number>();

/** A clone may lie in a folder that others may not pass through, such as one of `mktemp -d`; its code is run by others here. */
beforeAll(() => {
  for (let at = repositoryRoot; at !== dirname(at); at = dirname(at)) {
    const { mode } = statSync(at);
    if ((mode & 0o005) === 0o005) continue;
    modes.set(at, mode);
    chmodSync(at, mode | 0o055);
  }
});

afterAll(() => {
  for (const [at, mode] of modes) chmodSync(at, mode);
});

describe.runIf(process.getuid?.() === 0)('another user of the machine', () => {
  it('is told whose game it is by each command, and is not told that nothing runs', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pomelo-ts-nobody-'));
    chmodSync(folder, 0o755);
    try {
      await using game = await TestGame.make({ chat: [{ id: 'chat-1', port: await freePort() }] });
      expect((await game.run('start', '-D')).code).toBe(0);
      asNobody(game, folder);
      for (const command of ['list', 'stop', 'start', 'kill', 'doctor', 'restart', 'logs']) {
        const { code, stdout, stderr } = await game.run(command);
        const told = `${join(game.root, '.pomelo-ts')} belongs to root, and this is run by nobody, who has no right to it: run it as root`;
        expect([command, stdout, stderr]).toEqual([command, '', expect.stringContaining(told)]);
        expect(code).toBe(2);
      }
      game.node = undefined;
      expect(Object.keys(await game.rows())).toEqual(['chat-1']);
      expect((await game.run('stop')).code).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is told whose the settings are, and whose the folder is that a start cannot write to', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pomelo-ts-nobody-'));
    chmodSync(folder, 0o755);
    try {
      await using game = await TestGame.make({ chat: [{ id: 'chat-1', port: await freePort() }] });
      asNobody(game, folder);
      const start = await game.run('start', '-D');
      expect(start.stderr).toContain(`${game.root} belongs to root, and this is run by nobody`);
      game.write('config/settings.json5', {});
      chmodSync(join(game.root, 'config', 'settings.json5'), 0o600);
      const check = await game.run('config', 'check');
      expect(check.stderr).toMatch(
        /config\/settings\.json5: cannot be read: .*settings\.json5 belongs to root, and this is run by nobody/,
      );
      chownSync(join(game.root, 'config', 'settings.json5'), nobody, nobody);
      expect((await game.run('config', 'check')).code).toBe(0);
      expect(readdirSync(game.root)).not.toContain('.pomelo-ts');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
