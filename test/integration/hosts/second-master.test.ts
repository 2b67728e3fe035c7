import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../helpers/cluster-process.js';
import { allReady, manyHosts, pidsOf, rowsOnce, serversOn } from '../../helpers/many-hosts.js';
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

const everywhere = { host: '0.0.0.0', stopTimeout: '1s', ssh: { connectTimeout: '5s' } };

describe('a second master that is started by hand on another machine', () => {
  it('is told who leads and ends, and no server or order of the first is touched', async () => {
    await using game = await manyHosts(lab, {
      perHost: 1,
      master: everywhere,
      fields: { 'auto-restart': true, 'restart-force': true },
    });
    const master = game.begin('start', '-e', 'production');
    await master.says('3 servers ready');
    const before = await game.rows();
    for (const host of [second, third]) {
      game.on = host;
      const { code, stderr } = await game.run('start', '-e', 'production');
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /error A master leads already: 0\.0\.0\.0:3005 \(.*, pid \d+\), which acts on 10\.77\.0\.1\d\. This one has changed nothing/,
      );
      expect(stderr).not.toContain('    at ');
    }
    game.on = first;
    const after = await game.rows();
    expect(allReady(after)).toBe(true);
    expect(pidsOf(after)).toEqual(pidsOf(before));
    expect((await game.run('restart', 'chat-3-1')).code).toBe(0); // its hosts still obey the first
    expect((await game.run('stop')).code).toBe(0);
    await master.ended;
    expect(lab.hosts.flatMap(serversOn)).toEqual([]);
  });

  it('takes over when the first has been killed, and waits no longer than that takes to be seen', async () => {
    await using game = await manyHosts(lab, { perHost: 1, master: everywhere });
    const master = game.begin('start', '-e', 'production', '-i', 'chat-1-1', '-i', 'chat-3-1');
    await master.says('2 servers ready');
    master.child.kill('SIGKILL');
    await master.ended;
    game.on = second;
    const next = game.begin('start', '-e', 'production');
    await next.says('servers ready');
    await rowsOnce(game, allReady, 'all servers');
    expect((await game.run('stop')).code).toBe(0);
    await next.ended;
    await eventually(() => lab.hosts.flatMap(serversOn).length === 0, 'the end of all');
    game.on = first;
  });

  it('takes over when the machine of the first has lost its power', async () => {
    await using game = await manyHosts(lab, { perHost: 1, hosts: [second, third], master: everywhere });
    const master = game.begin('start', '-e', 'production');
    await master.says('2 servers ready');
    await first.off();
    await master.ended;
    game.on = second;
    const next = game.begin('start', '-e', 'production');
    await next.says('servers ready');
    await rowsOnce(game, allReady, 'all servers');
    expect((await game.run('stop')).code).toBe(0);
    await next.ended;
    await first.on();
    expect(lab.hosts.flatMap(serversOn)).toEqual([]);
  });
});
