import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../helpers/cluster-process.js';
import { allReady, commandOf, manyHosts, pidsOf, rowsOnce, serversOn } from '../../helpers/many-hosts.js';
import { type LabHost, NetLab } from '../../helpers/netlab.js';

let lab: NetLab;
let first: LabHost;
let second: LabHost;
beforeAll(async () => {
  lab = await NetLab.up(2);
  [first, second] = lab.hosts as [LabHost, LabHost];
});
afterAll(() => lab?.[Symbol.asyncDispose]());

const quick = { stopTimeout: '2s', ssh: { connectTimeout: '5s' } };

describe('a host that was cut off', () => {
  it('while a new master began has its servers taken over by that, as they are', async () => {
    await using game = await manyHosts(lab, { perHost: 1, master: quick });
    const master = game.begin('start', '-e', 'production');
    await master.says('2 servers ready');
    const before = await game.rows();
    second.cut();
    master.child.kill('SIGKILL');
    await master.ended;
    const next = game.begin('start', '-e', 'production');
    await next.warns('chat-2-1 will be started when that is mended');
    await rowsOnce(game, (rows) => rows['chat-1-1']!.state === 'ready', 'chat-1-1');
    second.heal();
    const after = await rowsOnce(game, allReady, 'the return of chat-2-1');
    expect(pidsOf(after)).toEqual(pidsOf(before));
    await game.run('stop');
    await next.ended;
    expect(lab.hosts.flatMap(serversOn)).toEqual([]);
  });

  it('has the operator told of what may still run there after a stop of all', async () => {
    await using game = await manyHosts(lab, { perHost: 1, master: quick });
    const master = game.begin('start', '-e', 'production');
    await master.says('2 servers ready');
    second.cut();
    await rowsOnce(game, (rows) => rows['chat-2-1']!.state === 'lost', 'the loss of chat-2-1');
    const { stderr } = await game.run('stop');
    expect(stderr).toContain(`chat-2-1 may still run: ${second.address} cannot be reached`);
    await master.ended;
    expect(serversOn(second)).toHaveLength(1);
    second.heal();
    // What the stop had sent may arrive first, now that the cable is in again.
    await eventually(
      async () => (await game.run('kill', '-e', 'production')).code === 0,
      'a kill that reaches it',
    );
    expect(serversOn(second)).toEqual([]);
  });

  it('keeps no command waiting: neither a start there, nor what comes after that', async () => {
    await using game = await manyHosts(lab, { perHost: 1, master: quick });
    const master = game.begin('start', '-e', 'production', '-i', 'chat-1-1');
    await master.says('1 server ready');
    second.cut(); // of which nobody knows yet
    const started = await game.run('start', '-i', 'chat-2-1');
    expect(started.stderr).toContain(second.address);
    expect((await game.run('restart', 'chat-1-1')).code).toBe(0);
    second.heal();
    await game.run('stop');
    await master.ended;
    expect(lab.hosts.flatMap(serversOn)).toEqual([]);
  });
});

describe('a host whose agent hangs while it is to start a server', () => {
  it('lets the server be stopped, which does not begin afterwards', async () => {
    await using game = await manyHosts(lab, {
      perHost: 1,
      master: { ...quick, restart: { minBackOff: '5s', maxBackOff: '5s' } },
    });
    const master = game.begin('start', '-e', 'production');
    await master.says('2 servers ready');
    const agent = second.pids.find((pid) => commandOf(pid).includes('-e'))!;
    process.kill(serversOn(second)[0]!, 'SIGKILL');
    // Told at once, while a list that is asked for may come too late.
    await master.says('A server has ended by itself.');
    process.kill(agent, 'SIGSTOP');
    await master.says('A server is started again.');
    const stopped = await game.run('stop', 'chat-2-1');
    expect(stopped.stderr).toMatch(/chat-2-1 may still run: .*it is killed when that is back/);
    process.kill(agent, 'SIGCONT');
    expect((await game.run('restart', 'chat-1-1')).code).toBe(0);
    await eventually(() => serversOn(second).length === 0, 'the end of what began too late', 20_000);
    expect((await game.rows())['chat-2-1']!.state).toBe('down');
    await game.run('stop');
    await master.ended;
    expect(lab.hosts.flatMap(serversOn)).toEqual([]);
  });
});

describe('a master that listens everywhere', () => {
  it('tells servers its address that their host sees, also after that host was without power', async () => {
    await using game = await manyHosts(lab, {
      perHost: 1,
      master: { ...quick, host: '0.0.0.0', startTimeout: '5s' },
    });
    const master = game.begin('start', '-e', 'production');
    await master.says('2 servers ready');
    const before = await game.rows();
    await second.off();
    await rowsOnce(game, (rows) => rows['chat-2-1']!.state !== 'ready', 'the loss of chat-2-1');
    await second.on();
    const after = await rowsOnce(
      game,
      (rows) => allReady(rows) && rows['chat-2-1']!.pid !== before['chat-2-1']!.pid,
      'a new life of chat-2-1',
    );
    expect(after['chat-1-1']!.pid).toBe(before['chat-1-1']!.pid);
    await game.run('stop');
    await master.ended;
  });

  it('on its own host alone is refused before servers of other hosts wait for it in vain', async () => {
    await using game = await manyHosts(lab, { perHost: 1, master: { ...quick, host: '127.0.0.1' } });
    const { code, stderr } = await game.run('start', '-e', 'production');
    expect(code).toBe(1);
    expect(stderr).toContain(
      `Servers on ${second.address} cannot find the master, which listens at 127.0.0.1`,
    );
    expect(lab.hosts.flatMap(serversOn)).toEqual([]);
  });
});

describe('in development', () => {
  it('servers on other hosts have a log there, outlive their master, and are stopped with the others', async () => {
    await using game = await manyHosts(lab, { perHost: 1, master: quick });
    const master = game.begin('start');
    await master.says('2 servers ready');
    expect(existsSync(join(game.root, 'logs', 'chat-2-1.log'))).toBe(true);
    expect((await game.run('logs', 'chat-2-1')).code).toBe(0);
    const [pid] = serversOn(second);
    master.child.kill('SIGKILL');
    await master.ended;
    await eventually(() => serversOn(first).length === 0, 'the end of those on the host of the master');
    const next = game.begin('start');
    await next.says('1 server of a former master came back: chat-2-1');
    await next.says('Ctrl-C stops them');
    expect(serversOn(second)).toEqual([pid]);
    next.child.kill('SIGINT');
    expect((await next.ended).code).toBe(0);
    expect(lab.hosts.flatMap(serversOn)).toEqual([]);
  });
});

describe('a server that is moved to another host by config reload', () => {
  it('begins there after a crash, and its master leads on', async () => {
    await using game = await manyHosts(lab, { hosts: [first], perHost: 2, master: quick });
    const master = game.begin('start', '-e', 'production');
    await master.says('2 servers ready');
    const servers = JSON.parse(game.read('config/servers.json'));
    servers.chat[1].host = second.address;
    game.write('config/servers.json', servers);
    const reload = await game.run('config', 'reload', '--yes');
    expect(reload.code, reload.stderr).toBe(0);
    const { pid } = (await game.rows())['chat-1-2']!;
    const crashed = serversOn(first).find((one) => first.innerPid(one) === pid)!;
    process.kill(crashed, 'SIGKILL');
    await eventually(() => serversOn(second).length === 1, 'chat-1-2 on its new host', 20_000);
    await rowsOnce(game, allReady, 'all servers ready');
    await game.run('stop');
    await master.ended;
  });
});
