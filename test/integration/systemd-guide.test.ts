import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import JSON5 from 'json5';
import { expect, it } from 'vitest';
import { eventually, TestGame } from '../helpers/cluster-process.js';

const page = readFileSync(fileURLToPath(new URL('../../docs/guides/systemd.md', import.meta.url)), 'utf8');
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, code]) => code!);

/** Words of the command that a unit runs, for the instance `chat-1`. */
const commandOf = (unit: string) =>
  /^ExecStart=\/srv\/game\/node_modules\/\.bin\/pomelo-ts (.*)$/m
    .exec(unit)![1]!
    .replace('%i', 'chat-1')
    .split(' ');

it('the units of the systemd guide run a master, one server by name and one of a type', {
  timeout: 90_000,
}, async () => {
  const [master, server, ofType] = blocks('ini').slice(0, 3).map(commandOf);
  const shown = JSON5.parse(blocks('json5')[0]!).production;
  const chat = [
    { ...shown.chat[0], host: '127.0.0.1', port: 6195 },
    { ...shown.chat[0], id: 'chat-2', host: '127.0.0.1', port: 6196 },
  ];
  const gate = [{ id: 'gate-1', clientPort: 6198, frontend: true }];
  await using game = await TestGame.make(
    { chat, gate },
    { env: { POMELO_TS_SECRET: 'of the integration tests' } },
  );
  const begin = ([command, ...args]: readonly string[]) => game.begin(command!, ...args);
  const ready = (count: number) =>
    eventually(async () => {
      const rows = Object.values(await game.rows());
      return rows.filter(({ state }) => state === 'ready').length === count && rows;
    }, `${count} ready servers`);

  const waits = begin(server!);
  await waits.says('waits: no master answers');
  const first = begin(master!);
  await first.says('1 server ready');
  await ready(2);
  const another = begin(ofType!);
  const before = (await ready(3)).map(({ pid }) => pid);

  first.child.kill('SIGKILL'); // systemd then does what follows
  await first.ended;
  const second = begin(master!);
  await second.says('gate-1');
  expect((await ready(3)).map(({ pid }) => pid)).toEqual(before);

  await game.run('stop', 'chat-1');
  expect((await waits.ended).code).toBe(0);
  another.child.kill('SIGTERM');
  expect((await another.ended).code).toBe(0);
  second.child.kill('SIGTERM');
  expect((await second.ended).code).toBe(0);
  expect(game.pids()).toEqual([]);
});

it.each([0, 1, 2])(
  'unit %i of the systemd guide is taken by systemd, and hardened as the guide says',
  (which) => {
    const units = blocks('ini');
    using folder = new Folder();
    const unit = units[which]!.replace(/^ExecStart=\S+/m, 'ExecStart=/bin/true');
    const path = folder.write('game@chat-1.service', `${unit}\n${units[3]}`);
    const verified = spawnSync('systemd-analyze', ['verify', path], { encoding: 'utf8' });
    expect([verified.status, verified.stderr]).toEqual([0, '']); // it exits with 0 for keys that it does not know, too
    const exposure = (text: string) => {
      const file = folder.write('game@chat-1.service', text);
      const args = ['security', '--offline=true', '--no-pager', file];
      const { stdout } = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
      return /Overall exposure level for \S+: (\S+ \w+)/.exec(stdout)?.[1];
    };
    const [, hardened, bare] = /then gives the unit (\S+ \(\w+\)) in place of (\S+ \(\w+\))/.exec(page)!;
    expect(exposure(unit)).toBe(bare!.replace(/[()]/g, ''));
    expect(exposure(`${unit}\n${units[3]}`)).toBe(hardened!.replace(/[()]/g, ''));
  },
);

/** A folder that is gone when its block ends. */
class Folder implements Disposable {
  readonly #path = mkdtempSync(join(tmpdir(), 'pomelo-ts-units-'));

  write(name: string, text: string): string {
    const path = join(this.#path, name);
    writeFileSync(path, text);
    return path;
  }

  [Symbol.dispose](): void {
    rmSync(this.#path, { recursive: true });
  }
}
