import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BootData, ServerEntry } from '@pomelo-ts/cluster';
import { describe, expect, it } from 'vitest';
import { AdoptedProcess, isAlive, runsScript } from '../../src/processes/adopted-process.js';
import { localLauncher } from '../../src/processes/local-launcher.js';
import { showExit } from '../../src/processes/server-process.js';

const server = { id: 'chat-1', type: 'chat', args: [] } as unknown as ServerEntry;
const boot: BootData = {
  id: 'chat-1',
  bootId: 'boot',
  master: { host: '127.0.0.1', port: 1 },
  secret: 'a secret',
  buildId: 'b',
  root: '/',
  exitWithParent: false,
};

/** A folder with a script that server processes run. */
class Scripted {
  readonly root = mkdtempSync(join(tmpdir(), 'pomelo-ts-launch-'));
  readonly script = join(this.root, 'boot.mjs');
  readonly printed: string[] = [];

  constructor(script: string) {
    writeFileSync(this.script, script);
  }

  launch(piped: boolean, entry = server) {
    const print = piped ? (line: string) => this.printed.push(line) : undefined;
    return localLauncher({ root: this.root, bootScript: this.script, print }).launch(entry, boot);
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true });
  }
}

describe('a local process', () => {
  it('gets its boot data on standard input, which stays open', async () => {
    using game = new Scripted(`
      import { createInterface } from 'node:readline';
      createInterface({ input: process.stdin }).once('line', (line) => {
        console.log(JSON.parse(line).secret);
        process.stdin.once('end', () => process.exit(9));
        setTimeout(() => process.exit(4), 50);
      });`);
    const life = game.launch(true);
    expect(await life.exited).toEqual({ code: 4, signal: null });
    expect(await life.lastLines()).toEqual(['a secret']);
  });

  it('has its lines printed with its id, or kept in its own file', async () => {
    using game = new Scripted(`console.log('one\\n\\ntwo'); process.stderr.write('three without an end');`);
    const piped = game.launch(true);
    await piped.exited;
    expect([...(await piped.lastLines())].sort()).toEqual(['one', 'three without an end', 'two']);
    expect(game.printed).toContain('[chat-1] one');
    for (let i = 0; i < 2; i++) {
      const filed = game.launch(false);
      await filed.exited;
      expect(await filed.lastLines()).toEqual(['one', 'two', 'three without an end']);
    }
    const log = readFileSync(join(game.root, 'logs', 'chat-1.log'), 'utf8');
    expect(log).toBe('one\n\ntwo\nthree without an end'.repeat(2));
  });

  it('keeps the last twenty lines', async () => {
    using game = new Scripted(`for (let i = 0; i < 3000; i++) console.log('line ' + i);`);
    for (const piped of [true, false]) {
      const life = game.launch(piped);
      await life.exited;
      const lines = await life.lastLines();
      expect(lines).toHaveLength(20);
      expect(lines.at(-1)).toBe('line 2999');
    }
  });

  it('ends by signals, and tells which', async () => {
    using game = new Scripted(
      `process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000);`,
    );
    const life = game.launch(true);
    while (game.printed.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    expect(isAlive(life.pid)).toBe(true);
    expect(runsScript(life.pid, game.script)).toBe(true);
    expect(runsScript(life.pid, '/another/script.mjs')).toBe(false);
    const adopted = new AdoptedProcess(life.pid);
    adopted.kill('SIGTERM');
    life.kill('SIGKILL');
    expect(showExit(await life.exited)).toBe('signal SIGKILL');
    await adopted.exited;
    expect(isAlive(life.pid)).toBe(false);
  });

  it('that another master has started tells that it was killed', async () => {
    using game = new Scripted('setInterval(() => {}, 1000);');
    const adopted = new AdoptedProcess(game.launch(true).pid);
    adopted.kill('SIGKILL');
    expect(await adopted.exited).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('that cannot be started has ended', async () => {
    using game = new Scripted('');
    const life = game.launch(true, { ...server, args: ['--no-such-option'] });
    expect(showExit(await life.exited)).toBe('exit code 9');
    expect((await life.lastLines()).join()).toContain('bad option');
  });
});
