import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningCommand, TestGame } from '../../helpers/cluster-process.js';
import { allReady, commandOf, manyHosts, pidsOf, rowsOnce, serversOn } from '../../helpers/many-hosts.js';
import { type LabHost, NetLab } from '../../helpers/netlab.js';

let lab: NetLab;
let first: LabHost;
let second: LabHost;
let third: LabHost;
beforeAll(async () => {
  lab = await NetLab.up(3);
  [first, second, third] = lab.hosts as [LabHost, LabHost, LabHost];
});
afterAll(() => lab?.[Symbol.asyncDispose]());

const master = { host: '0.0.0.0', stopTimeout: '1s', ssh: { connectTimeout: '5s' } };

/** Has the host say that a master leads there, as one can that somebody has taken over. */
function claim(root: string, host: LabHost, at: object | undefined): Disposable {
  const file = join(root, '.pomelo-ts', 'servers', host.address, 'master');
  const leader = 'evil\u001b[31m\nerror you have been pwned';
  const write = () => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify({ leader, pid: 1, at }));
  };
  write();
  const touching = setInterval(() => {
    const now = new Date();
    try {
      utimesSync(file, now, now);
    } catch {
      write();
    }
  }, 300);
  return {
    [Symbol.dispose]() {
      clearInterval(touching);
      rmSync(file, { force: true });
    },
  };
}

describe('a host that says without a proof that another master leads there', () => {
  it.each([
    ['names no place of it', undefined],
    ['names a place where nobody knows the secret', { host: '10.77.0.12', port: 22 }],
    ['names the place of the master that asks', { host: '10.77.0.11', port: 3005 }],
  ])('and %s is left out alone, for as long as it says so', async (_what, at) => {
    await using game = await manyHosts(lab, { perHost: 1, hosts: [first, second], master });
    let running: RunningCommand;
    {
      using _ = claim(game.root, second, at);
      const doctor = await game.run('doctor', '-e', 'production');
      expect(doctor.stdout).toMatch(
        /^✖ hosts +10\.77\.0\.12 says that a master leads there, which nothing proves: evil\?\[31m\?error/m,
      );
      expect(doctor.code).toBe(1);
      running = game.begin('start', '-e', 'production');
      await running.says('1 server ready');
      const { stderr } = running;
      expect(stderr).toMatch(
        /warning 10\.77\.0\.12 says that another master leads there: evil\?\[31m\?error you have been pwned\. Nothing proves it/,
      );
      expect(stderr).toContain('chat-2-1 will be started when that is mended');
      expect(serversOn(second)).toEqual([]);
      expect((await game.rows())['chat-1-1']).toMatchObject({ state: 'ready' });
    }
    await rowsOnce(game, allReady, 'all servers');
    expect((await game.run('stop')).code).toBe(0);
    await running.ended;
    expect(lab.hosts.flatMap(serversOn)).toEqual([]);
  });
});

describe('a master that leads on a machine without servers', () => {
  it('proves it to the next one by its answer, wherever that is', async () => {
    await using game = await manyHosts(lab, { perHost: 1, hosts: [second], master });
    const leading = game.begin('start', '-e', 'production');
    await leading.says('1 server ready');
    const before = pidsOf(await game.rows());
    game.on = third;
    const { code, stderr } = await game.run('start', '-e', 'production');
    expect(stderr).toMatch(
      /A master leads already: 0\.0\.0\.0:3005 \(.*, pid \d+\), which acts on 10\.77\.0\.12/,
    );
    expect(code).toBe(1);
    game.on = first;
    expect(pidsOf(await game.rows())).toEqual(before);
    expect((await game.run('stop')).code).toBe(0);
    await leading.ended;
    expect(lab.hosts.flatMap(serversOn)).toEqual([]);
  });
});

describe('a host on which a game in another folder runs a server of this one', () => {
  it('is left out alone, and used when that has ended', async () => {
    const options = { perHost: 1, hosts: [first, second], master, ownBoot: true };
    const withCode = (game: TestGame): void => {
      game.write('package.json', { type: 'module' });
      writeFileSync(join(game.root, 'app.js'), 'export default { setUp() {} };');
    };
    const servers = (host: LabHost) =>
      host.pids.filter((pid) => commandOf(pid).some((word) => word.endsWith('/boot/main.js')));
    await using other = await manyHosts(lab, { ...options, hosts: [second] });
    withCode(other);
    other.on = third;
    const former = other.begin('start', '-e', 'production');
    await former.says('1 server ready');
    former.child.kill('SIGKILL');
    await former.ended;
    await using game = await manyHosts(lab, options);
    withCode(game);
    const running = game.begin('start', '-e', 'production');
    await running.says('1 server ready');
    expect(running.stderr).toContain(
      `warning 10.77.0.12 says that a game in the folder ${other.root} there runs chat-2-1 (pid `,
    );
    const [pid] = servers(second);
    process.kill(pid!, 'SIGKILL');
    await rowsOnce(game, allReady, 'all servers');
    expect((await game.run('stop')).code).toBe(0);
    await running.ended;
    expect(lab.hosts.flatMap(servers)).toEqual([]);
  });
});
