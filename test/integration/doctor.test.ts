import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { addressGame } from '../helpers/address-game.js';
import { eventually, TestGame } from '../helpers/cluster-process.js';
import { freePort } from '../helpers/free-port.js';

const production = { env: { POMELO_TS_SECRET: 'of the integration tests' } };

describe('doctor', () => {
  it('finds all well with a cluster that is, and asks its hosts', async () => {
    const [port, clientPort] = await Promise.all([freePort(), freePort()]);
    const servers = {
      chat: [{ id: 'chat-1', port }],
      gate: [{ id: 'gate-1', clientPort, frontend: true }],
    };
    await using game = await addressGame(servers, production);
    await game.run('start', '-D', '-e', 'production');
    const { code, stdout } = await game.run('doctor');
    expect(stdout).toMatch(/^✔ servers {2}2 servers of 2 ready$/m);
    expect(stdout).toMatch(/^✔ clients {2}1 frontend answers where clients are sent$/m);
    expect(stdout).toMatch(/^✔ clocks {3}1 host is within 1 s of the master's$/m);
    expect(stdout).toMatch(/^✔ node {5}v[\d.]+ of at least 20\.19$/m);
    expect(stdout).toContain('\nall is well\n');
    expect(code).toBe(0);
    const findings = JSON.parse((await game.run('doctor', '--json')).stdout) as { state: string }[];
    expect(findings.filter(({ state }) => state !== 'fine')).toEqual([]);
  });

  it('tells each thing that is wrong with its cure, before anything was started', async () => {
    const stranger = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void stranger.close());
    await new Promise((resolve) => stranger.once('listening', resolve));
    const { port } = stranger.address() as { port: number };
    const frontend = { clientPort: await freePort(), frontend: true, 'max-connections': 3_000_000 };
    const servers = { chat: [{ id: 'chat-1', port }], gate: [{ id: 'gate-1', ...frontend }] };
    await using game = await TestGame.make(servers);
    await game.run('start', '-D'); // makes the secret; the fixture opens no ports
    await game.run('stop');
    const secret = join(game.root, '.pomelo-ts', 'secret');
    chmodSync(secret, 0o644);
    const { code, stdout } = await game.run('doctor');
    expect(stdout).toMatch(/^✖ secret .*mode 0644.*\n +→ chmod 600 \.pomelo-ts\/secret/m);
    expect(stdout).toMatch(
      new RegExp(
        `^✖ ports    chat-1 will want 127\\.0\\.0\\.1:${port}, which another process has: .*node.* \\(pid ${process.pid}\\)\n +→ kill ${process.pid} if nobody needs it`,
        'm',
      ),
    );
    expect(stdout).toMatch(
      /^✖ limits {3}gate-1 lets 3000000 clients in, but ulimit -n of this shell is \d+, which is enough for \d+\n +→ ulimit -n 3020256/m,
    );
    expect(stdout).toContain('\n3 things to mend\n');
    expect(code).toBe(1);
    rmSync(secret);
    writeFileSync(join(game.root, 'config', 'servers.json'), '{');
    const broken = await game.run('doctor', '-e', 'production');
    expect(broken.stdout).toMatch(/^✖ config .*\n.*config\/servers\.json: .*not valid JSON5/m);
    expect(broken.stdout).toMatch(/^✖ secret .*\n +→ openssl rand -hex 32/m);
  });

  it('tells of a master that runs and that it cannot ask, as the secret is open or gone', async () => {
    await using game = await TestGame.make({ chat: [{ id: 'chat-1', port: await freePort() }] });
    expect((await game.run('start', '-D')).code).toBe(0);
    const secret = join(game.root, '.pomelo-ts', 'secret');
    const words = game.read('.pomelo-ts/secret');
    const pid = game.read('.pomelo-ts/master.pid').trim();
    const runs = `✖ master   the master (pid ${pid}) runs and could not be asked: `;
    chmodSync(secret, 0o644);
    expect((await game.run('doctor')).stdout).toContain(runs);
    rmSync(secret);
    const gone = await game.run('doctor');
    expect(gone.stdout).toContain(runs);
    expect(gone.stdout).not.toContain('pomelo-ts start');
    writeFileSync(secret, words, { mode: 0o600 });
    expect((await game.run('stop')).code).toBe(0);
  });

  it('tells of a server that has failed', async () => {
    const servers = { chat: [{ id: 'chat-1', behave: 'crash-later' }] };
    await using game = await TestGame.make(servers, { ...production, master: { restart: { limit: 1 } } });
    await game.run('start', '-D', '-e', 'production');
    await eventually(async () => (await game.rows())['chat-1']!.state === 'failed', 'its end');
    const { code, stdout } = await game.run('doctor');
    expect(stdout).toMatch(/^✖ servers {2}chat-1 is failed: exit code 1: Error: this server crashes/m);
    expect(stdout).toContain('→ pomelo-ts logs chat-1; then pomelo-ts start -i chat-1');
    expect(code).toBe(1);
  });
});
