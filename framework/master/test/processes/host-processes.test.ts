import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BootData } from '@pomelo-ts/cluster/internal';
import { replaceFile } from '@pomelo-ts/common/internal';
import { describe, expect, it } from 'vitest';
import { HostedProcess } from '../../src/hosts/hosted-process.js';
import { leftOnThisHost } from '../../src/hosts/left-on-this-host.js';
import { HostProcesses } from '../../src/processes/host-processes.js';
import type { LaunchOrder } from '../../src/processes/process-host.js';
import { isAlive } from '../../src/processes/process-identity.js';
import { showExit } from '../../src/processes/server-process.js';

const boot: BootData = {
  id: 'chat-1',
  bootId: 'boot-1',
  masters: [{ host: '127.0.0.1', port: 1 }],
  keys: { link: [{ name: 'of a test', key: 'a secret' }], rpc: [] },
  buildId: 'b',
  root: '/',
  exitWithParent: false,
};

/** A game's folder with a script that server processes run, on a host of its own. */
class Scripted {
  readonly root = mkdtempSync(join(tmpdir(), 'pomelo-ts-launch-'));
  readonly script = join(this.root, 'boot.mjs');
  readonly printed: string[] = [];

  constructor(script: string) {
    writeFileSync(this.script, script);
  }

  /** The same host as a later master sees it. */
  host(piped = false, term?: number): HostProcesses {
    const print = piped ? (line: string) => this.printed.push(line) : undefined;
    return new HostProcesses({ name: '127.0.0.1', root: this.root, bootScript: this.script, print, term });
  }

  launch(piped: boolean, server: Partial<LaunchOrder['server']> = {}, own: Partial<BootData> = {}) {
    return HostedProcess.launch(this.host(piped), order(server, own));
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true });
  }
}

const order = (server: Partial<LaunchOrder['server']> = {}, own: Partial<BootData> = {}): LaunchOrder => ({
  server: { id: 'chat-1', args: [], restartForce: false, ...server },
  boot: { ...boot, ...own },
});

const sleeps = `process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000);`;

describe('a process on this machine', () => {
  it('gets its boot data on standard input, which stays open', async () => {
    using game = new Scripted(`
      import { createInterface } from 'node:readline';
      createInterface({ input: process.stdin }).once('line', (line) => {
        console.log(JSON.parse(line).keys.link[0].key);
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

  it('that cannot be started has ended, and says why', async () => {
    using game = new Scripted('');
    const life = game.launch(true, { args: ['--no-such-option'] });
    expect(showExit(await life.exited)).toBe('exit code 9');
    expect((await life.lastLines()).join()).toContain('bad option');
  });

  it('is found by the mark of its process where nothing could be written down, and no child of it is', async () => {
    using game = new Scripted(`
      import { spawn } from 'node:child_process';
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
      process.on('SIGTERM', () => {
        child.kill('SIGKILL');
        process.exit(0);
      });
      console.log('child ' + child.pid);`);
    const life = game.launch(true);
    await expect.poll(() => game.printed.join()).toContain('child');
    rmSync(join(game.root, '.pomelo-ts'), { recursive: true });
    const later = game.host();
    expect(await later.left()).toEqual([
      { id: 'chat-1', bootId: 'boot-1', pid: life.pid, start: expect.any(String) },
    ]);
    expect(await leftOnThisHost(game.root)).toMatchObject([{ pid: life.pid }]);
    expect(await leftOnThisHost(tmpdir())).toEqual([]);
    expect(readFileSync(`/proc/${life.pid}/environ`, 'utf8')).not.toContain('a secret');
    await expect(later.launch(order({}, { bootId: 'boot-2' }))).rejects.toMatchObject({
      code: 'SERVER_RUNS_ALREADY',
    });
    const end = later.ended({ id: 'chat-1', bootId: 'boot-1' });
    later.kill('boot-1', 'SIGTERM');
    expect(showExit((await end).exit)).toBe('an unknown end');
    expect(await later.left()).toEqual([]);
    later.close();
  });

  it('is not started by a master whose term is over, which is told the file to remove if a clock was wrong', async () => {
    using game = new Scripted(sleeps);
    await game.host().left(9_000);
    const early = game.host(false, 5_000);
    await expect(early.launch(order({}, { term: 5_000 }))).rejects.toThrow(
      `a master of term 9000 has acted there. If no other master leads, a clock was ahead when that one began: remove ${join(game.root, '.pomelo-ts', 'servers', '127.0.0.1', 'term')} on 127.0.0.1`,
    );
  });

  it('is found again by a later master, which sees its end and is told of a kill', async () => {
    using game = new Scripted(sleeps);
    const life = game.launch(false);
    const former = game.host();
    await expect.poll(() => former.left()).toHaveLength(1);
    const [record] = await former.left();
    expect(record).toMatchObject({ id: 'chat-1', bootId: 'boot-1', pid: life.pid });
    const adopted = HostedProcess.adopt(game.host(), 'chat-1', 'boot-1', record!.pid);
    adopted.kill('SIGKILL');
    expect(showExit(await adopted.exited)).toBe('signal SIGKILL');
    expect(isAlive(record!.pid)).toBe(false);
    expect(showExit(await life.exited)).toBe('signal SIGKILL');
    expect(await former.left()).toEqual([]);
  });

  it('is told from a stranger that was given its pid since', async () => {
    using game = new Scripted(sleeps);
    const host = game.host();
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const { pid } = stranger;
    replaceFile(
      join(game.root, '.pomelo-ts', 'servers', '127.0.0.1', 'chat-1.json'),
      JSON.stringify({ id: 'chat-1', bootId: 'boot-1', pid, start: 'another boot 12' }),
    );
    expect(await host.left()).toEqual([]);
    host.kill('boot-1', 'SIGKILL');
    expect(showExit((await host.ended({ id: 'chat-1', bootId: 'boot-1' })).exit)).toContain(
      'no master watched',
    );
    expect(isAlive(pid!)).toBe(true);
    stranger.kill('SIGKILL');
    await once(stranger, 'exit');
  });

  it('is never a second one of its server: the first stands in the way, or is ended where restart-force says so', async () => {
    using game = new Scripted(sleeps);
    const first = game.launch(false);
    await expect.poll(() => first.pid).toBeDefined();
    const second = game.launch(false, {}, { bootId: 'boot-2' });
    expect(showExit(await second.exited)).toMatch(
      `chat-1 runs on 127.0.0.1 already (pid ${first.pid}, boot id boot-1)`,
    );
    const third = game.launch(false, { restartForce: true }, { bootId: 'boot-3' });
    expect(showExit(await first.exited)).toBe('signal SIGKILL');
    await expect.poll(() => third.pid).toBeDefined();
    third.kill('SIGKILL');
    await third.exited;
  });

  it('is not started by a master whose term is over', async () => {
    using game = new Scripted('');
    await game.launch(false, {}, { term: 7 }).exited;
    const late = await game.launch(false, {}, { bootId: 'boot-2', term: 6 }).exited;
    expect(showExit(late)).toContain('the term 6 of this master is over');
    expect(showExit(await game.launch(false, {}, { bootId: 'boot-3', term: 7 }).exited)).toBe('exit code 0');
  });

  it('is not ended by a master whose term is over', async () => {
    using game = new Scripted(sleeps);
    const life = game.launch(false, {}, { term: 7 });
    await expect.poll(() => life.pid).toBeDefined();
    game.host(false, 6).kill('boot-1', 'SIGKILL');
    expect(isAlive(life.pid!)).toBe(true);
    game.host(false, 7).kill('boot-1', 'SIGKILL');
    expect(showExit(await life.exited)).toBe('signal SIGKILL');
  });

  it('runs on the cores that its entry names', async () => {
    using game = new Scripted(
      `import { readFileSync } from 'node:fs';
       console.log(/Cpus_allowed_list:\\s*(.*)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]);`,
    );
    for (const cpu of [0, '0', '0-1', '0,1']) {
      const life = game.launch(true, { cpu });
      await life.exited;
      expect(await life.lastLines()).toEqual([String(cpu).replace('0,1', '0-1')]);
    }
  });
});
