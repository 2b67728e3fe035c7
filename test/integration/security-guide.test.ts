import { execFile } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { commandLine, TestGame } from '../helpers/cluster-process.js';

const read = (page: string) =>
  readFileSync(fileURLToPath(new URL(`../../docs/${page}`, import.meta.url)), 'utf8');
const commandsOf = (page: string) =>
  [...read(page).matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, code]) => code!);

it.each(['guides/security.md', 'zh/security.md'])(
  'the commands of %s make a secret, and replace that of a cluster that runs',
  async (page) => {
    const [make, replace, end] = commandsOf(page);
    await using game = await TestGame.make({ chat: [{ id: 'chat-1', port: 6231 }] });
    const bin = join(game.root, 'pomelo-ts');
    writeFileSync(bin, `#!/bin/sh\nexec ${process.execPath} ${commandLine} "$@"\n`);
    chmodSync(bin, 0o755);
    const sh = async (script: string) => {
      const env = { ...process.env, PATH: `${game.root}:${process.env['PATH']}` };
      const { stdout } = await promisify(execFile)('sh', ['-ec', script], { cwd: game.root, env });
      return stdout;
    };
    await sh(make!);
    const first = game.read('.pomelo-ts/secret');
    expect(first).toMatch(/^[0-9a-f]{64}\n$/);
    const master = game.begin('start', '-e', 'production');
    await master.says('1 server ready');
    expect(await sh(replace!)).toContain('two secrets are taken from now on');
    expect(game.read('.pomelo-ts/previous-secret')).toBe(first);
    expect(game.read('.pomelo-ts/secret')).not.toBe(first);
    expect(await sh(end!)).toContain('one secret is taken from now on');
    expect((await game.rows())['chat-1']!.state).toBe('ready');
    expect((await game.run('stop')).code).toBe(0);
    await master.ended;
  },
);
