import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../helpers/cluster-process.js';
import { allReady, manyHosts, pidsOf, rowsOnce, serversOn } from '../../helpers/many-hosts.js';
import { type LabHost, NetLab } from '../../helpers/netlab.js';

let lab: NetLab;
let second: LabHost;
beforeAll(async () => {
  lab = await NetLab.up(3);
  second = lab.hosts[1]!;
});
afterAll(() => lab?.[Symbol.asyncDispose]());

/** A game that runs on all hosts, and its master. */
async function running(options: Parameters<typeof manyHosts>[1] = {}) {
  const times = {
    stopTimeout: '1s',
    heartbeatTimeout: '1500ms', // three times that is given to one that hangs
    ssh: { connectTimeout: '5s' },
    restart: { minBackOff: '500ms' },
  };
  const game = await manyHosts(lab, { ...options, master: times });
  const master = game.begin('start', '-e', 'production');
  await master.says(`${3 * (options.perHost ?? 2)} servers ready`);
  return { game, master };
}

describe('a host that fails', () => {
  it('by its cable is lost and joins again with the same processes, none of which was killed or started twice', async () => {
    const { game, master } = await running();
    await using _ = game;
    const before = await game.rows();
    second.cut();
    await rowsOnce(game, (rows) => rows['chat-2-1']!.state === 'lost', 'the loss of chat-2-1');
    expect((await game.rows())['chat-3-1']!.state).toBe('ready');
    // longer than a server that hangs is given
    await rowsOnce(game, (rows) => rows['chat-2-1']!.lostFor! >= 5, 'five seconds of loss');
    second.heal();
    const after = await rowsOnce(game, allReady, 'the return of all');
    expect(pidsOf(after)).toEqual(pidsOf(before));
    await game.run('stop');
    await master.ended;
  });

  it('is told of in the log once, not for each server and attempt, and once more when it is back', async () => {
    const game = await manyHosts(lab, { master: { ssh: { connectTimeout: '5s' } } });
    await using _ = game;
    const master = game.begin('start', '-e', 'production');
    await master.says('6 servers ready');
    second.cut();
    await rowsOnce(game, (rows) => (rows['chat-2-1']!.lostFor ?? 0) >= 16, 'a long loss');
    second.heal();
    await master.says('A host can be reached again.');
    await rowsOnce(game, allReady, 'the return of all');
    expect(master.stdout.match(/A host cannot be reached; .*host=10\.77\.0\.12/g)).toHaveLength(1);
    await game.run('stop');
    await master.ended;
  });

  it('by its power has its servers started again when it is back', async () => {
    const { game, master } = await running();
    await using _ = game;
    const before = await game.rows();
    await second.off();
    await rowsOnce(game, (rows) => rows['chat-2-1']!.state !== 'ready', 'the loss of chat-2-1');
    await second.on();
    const after = await rowsOnce(game, allReady, 'the return of all');
    expect(after['chat-3-1']!.pid).toBe(before['chat-3-1']!.pid);
    expect(serversOn(second)).toHaveLength(2);
    await game.run('stop');
    await master.ended;
  });

  it('does not keep the others from being stopped, and what runs there stops when it is back', async () => {
    const { game, master } = await running();
    await using _ = game;
    second.cut();
    await rowsOnce(game, (rows) => rows['chat-2-1']!.state === 'lost', 'the loss of chat-2-1');
    const partly = await game.run('stop', 'chat-2-1');
    expect(partly.code).toBe(1);
    expect(partly.stdout).toContain('1 not reached');
    expect(partly.stderr).toContain(`warning chat-2-1 may still run: ${second.address} cannot be reached`);
    expect(serversOn(second)).toHaveLength(2);
    second.heal();
    await eventually(() => serversOn(second).length === 1, 'the end of what was stopped', 20_000);
    await rowsOnce(game, (rows) => rows['chat-2-2']!.state === 'ready', 'the return of the other');
    expect((await game.rows())['chat-2-1']!.state).toBe('down');
    await game.run('stop');
    await master.ended;
  });

  it('does not keep a new master from leading the others, and is served when it is back', async () => {
    const { game, master } = await running();
    await using _ = game;
    await second.off();
    master.child.kill('SIGKILL');
    await master.ended;
    const next = game.begin('start', '-e', 'production');
    await next.says('4 servers of a former master came back');
    await next.says('servers ready');
    await second.on();
    await rowsOnce(game, allReady, 'the return of all');
    await game.run('stop');
    await next.ended;
    expect(lab.hosts.flatMap(serversOn)).toEqual([]);
  });

  it('has servers that were replaced meanwhile fenced and stopped when it is back', async () => {
    const { game, master } = await running();
    await using _ = game;
    second.cut();
    await rowsOnce(game, (rows) => rows['chat-2-1']!.state === 'lost', 'the loss of chat-2-1');
    expect((await game.run('remove', 'chat-2-1')).code).toBe(0);
    const [, , third] = lab.hosts;
    const words = ['serverType=chat', 'id=chat-2-1', `host=${third!.address}`, 'port=6009'];
    const added = await game.run('add', ...words);
    expect(added.code, added.stderr).toBe(0);
    second.heal();
    await eventually(() => serversOn(second).length === 1, 'the end of the replaced one', 20_000);
    await rowsOnce(game, allReady, 'the return of all');
    expect(serversOn(third!)).toHaveLength(3);
    await game.run('stop');
    await master.ended;
  });
});
