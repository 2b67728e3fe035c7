import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine, eventually } from '../helpers/cluster-process.js';
import { freePort } from '../helpers/free-port.js';
import { type LookedAtGame, lookedAtGame } from '../helpers/looked-at-game.js';
import { Screen } from '../helpers/screen.js';

/* A real cluster, looked at from a folder that has neither the game nor its secret, with a key of its admin. */

let looked: LookedAtGame;
let url: string;
/** Of the shape of a key, and none. */
const wrongKey = `pt_0123456789ab_${'k'.repeat(43)}`;
/** A folder of nothing. */
const elsewhere = mkdtempSync(join(tmpdir(), 'pomelo-ts-elsewhere-'));

beforeAll(async () => {
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  looked = await lookedAtGame({ admin: { port, secondFactor: 'optional' } });
}, 60_000);

afterAll(async () => {
  await looked[Symbol.asyncDispose]();
  rmSync(elsewhere, { recursive: true });
});

async function keyOf(role: string): Promise<string> {
  const { stdout, stderr } = await looked.game.run('key', 'create', role, '--role', role, '-e', 'production');
  const [key] = /pt_\S+/.exec(stdout) ?? [];
  if (!key) throw new Error(stdout + stderr);
  return key;
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in the folder of nothing. */
function run(args: readonly string[], token?: string, input = ''): Promise<Ended> {
  const { POMELO_TS_SECRET: _, POMELO_TS_TOKEN: __, ...others } = process.env;
  const env = { ...others, ...(token !== undefined && { POMELO_TS_TOKEN: token }) };
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [commandLine, ...args],
      { cwd: elsewhere, env, timeout: 60_000 },
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
    child.stdin!.end(input);
  });
}

describe('a master elsewhere, by a key of its admin', () => {
  it('tells what its cluster does', async () => {
    const { code, stdout, stderr } = await run(['top', '--json', '--master', url], await keyOf('viewer'));
    expect([code, stderr]).toEqual([0, '']);
    const ids = (JSON.parse(stdout).rows as { id: string }[]).map(({ id }) => id);
    expect(ids.sort()).toEqual(['chat-1', 'chat-2', 'connector-1']);
  });

  it('is asked by every command that needs nothing of this machine', async () => {
    const token = await keyOf('admin');
    const says = async (line: string, said: RegExp) => {
      const { code, stdout, stderr } = await run([...line.split(' '), '--master', url], token);
      expect([line, code, stdout + stderr]).toEqual([line, 0, expect.stringMatching(said)]);
    };
    await says('list', /^chat-1 +chat .* ready/m);
    await says('list --json --with-master', /"id": "master"/);
    await says('users nobody', /^nobody is not connected/);
    await says('kick nobody', /nobody/);
    await says('drain chat-1', /chat-1/);
    await says('undrain chat-1', /chat-1/);
    await says('loglevel debug chat-1 --for 1m', /1 server logs at debug for 1m: chat-1/);
    await says('logs chat-1 -n 5', /./);
    await says('blacklist add 192.0.2.7', /192\.0\.2\.7/);
    await says('blacklist', /192\.0\.2\.7/);
    await says('blacklist remove 192.0.2.7', /192\.0\.2\.7/);
    await says('operations', /./);
    await says('account', /./);
    await says('key', /admin/);
    await says('audit --limit 3', /audit\.read/);
    await says('audit verify', /each follows the one before/);
    await says('config reload --dry-run', /nothing is different/);
    await says('restart chat-2', /1 server restarted/);
    await says('stop chat-2', /1 server stopped/);
    const { code, stderr } = await run(['stop', '--master', url], token);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('expected ids, --type or --host with --master'),
    ]);
    await looked.game.run('start', '-i', 'chat-2', '-e', 'production');
    await eventually(
      async () => (await looked.game.rows())['chat-2']!.state === 'ready',
      'chat-2 to be back',
    );
  });

  it('is steered by the console as far as the key goes; the key may be in a file', async () => {
    const file = join(elsewhere, 'key');
    writeFileSync(file, `${await keyOf('operator')}\n`, { mode: 0o600 });
    const console = ['console', '--master', url, '--token-file', file];
    const before = (await looked.game.rows())['chat-1']!.pid;
    const restarted = await run(console, undefined, 'servers.restart ids=chat-1\n');
    expect([restarted.code, restarted.stderr]).toEqual([0, '']);
    expect((await looked.game.rows())['chat-1']).toMatchObject({ state: 'ready' });
    expect((await looked.game.rows())['chat-1']!.pid).not.toBe(before);
    const refused = await run(
      ['console', '--master', url],
      await keyOf('viewer'),
      'servers.stop ids=chat-1\n',
    );
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/servers\.stop.*viewer|viewer.*servers\.stop/);
    expect((await looked.game.rows())['chat-1']).toMatchObject({ state: 'ready' });
  });

  it('greys on the terminal what the key of a viewer is not for, and does none of it', async () => {
    const key = await keyOf('viewer');
    using screen = new Screen(
      `cd ${elsewhere}; env -u CI LANG=C.UTF-8 POMELO_TS_TOKEN=${key} TERM=screen-256color ${process.execPath} ${commandLine} top --master ${url}`,
      { columns: 120, rows: 30 },
    );
    const shown = await screen.shows('✓ ready');
    expect(shown).not.toContain('a act');
    screen.press('a');
    await screen.shows('the role viewer may not do what is in brackets');
    screen.press('s');
    await screen.shows('the role viewer may not ask for servers.stop');
    screen.type(':stop chat-1');
    screen.press('Enter');
    await screen.shows('the role viewer may not ask for servers.stop');
    screen.type(':show hosts');
    screen.press('Enter');
    await screen.shows('show hosts: done');
    expect(screen.text()).toContain('127.0.0.1');
    expect((await looked.game.rows())['chat-1']).toMatchObject({ state: 'ready' });
  });

  it('is on the whole terminal: a killed server is seen and started, and its log is read', async () => {
    const key = await keyOf('operator');
    using screen = new Screen(
      `cd ${elsewhere}; env -u CI LANG=C.UTF-8 POMELO_TS_TOKEN=${key} TERM=screen-256color ${process.execPath} ${commandLine} top --master ${url}`,
      { columns: 120, rows: 30 },
    );
    await screen.shows('✓ ready');
    process.kill((await looked.game.rows())['chat-2']!.pid!, 'SIGKILL');
    await screen.shows('chat-2 gone: signal SIGKILL, since');
    screen.press('Home');
    for (const pressed of ['a', 'b']) screen.press(pressed);
    await screen.shows('start chat-2? y does it');
    screen.press('y');
    await screen.shows('start chat-2: done');
    screen.press('l');
    await eventually(
      () => /log of chat-2|chat-2 log/i.test(screen.text()) && /ready/i.test(screen.text()),
      'its log',
    );
    screen.press('Escape');
    await eventually(() => screen.text().includes('connector-1'), 'the table again');
    screen.press('q');
    await screen.shows('exit 0');
  });
});

describe('a wrong call', () => {
  it.each([
    ['without a key', () => [url, undefined], 'POMELO_TS_TOKEN is not set: pomelo-ts key create makes one'],
    ['with a key that is none', () => [url, wrongKey], 'This key is none, has run out, or was revoked.'],
    [
      'over a network without TLS',
      () => ['http://10.9.9.9:3080', 'pt_x'],
      'the key could be read on the way',
    ],
    [
      'with a key in the address',
      () => ['https://pt_x@a.example', 'pt_x'],
      'the key goes into POMELO_TS_TOKEN',
    ],
    ['with what is no address', () => ['chat-1', 'pt_x'], 'that is no address'],
  ])('%s is told what is expected', async (_what, call, words) => {
    const [master, token] = call();
    const { code, stdout, stderr } = await run(['top', '--once', '--master', master!], token);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(words);
  });

  it('names who does not answer, and whoever answers without being an admin', async () => {
    const port = await freePort();
    const asked = (at: number) => run(['top', '--once', '--master', `http://127.0.0.1:${at}`], wrongKey);
    const nobody = await asked(port);
    expect(nobody.stderr).toMatch(/No admin answers at http:\/\/127\.0\.0\.1:\d+\/: .*ECONNREFUSED/);
    const other = createServer((_request, response) => response.end('<html>hello</html>'));
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    try {
      const { code, stderr } = await asked(port);
      expect([code, stderr]).toEqual([1, expect.stringContaining('No admin answers at')]);
    } finally {
      other.close();
    }
  });
});
