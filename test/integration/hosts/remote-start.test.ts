import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixtureServer, TestGame } from '../../helpers/cluster-process.js';
import { type LabHost, NetLab, sshPort } from '../../helpers/netlab.js';

let lab: NetLab;
beforeAll(async () => {
  lab = await NetLab.up(3);
});
afterAll(() => lab?.[Symbol.asyncDispose]());

const secret = 'the secret of the game on many hosts';

/** A game whose master is on the first host, with `perHost` servers on each. */
function manyHosts(perHost = 2, master: object = {}): Promise<TestGame> {
  const [first] = lab.hosts;
  const chat = lab.hosts.flatMap(({ address: host }, at) =>
    Array.from({ length: perHost }, (_, i) => ({ id: `chat-${at + 1}-${i + 1}`, host, port: 6000 + i })),
  );
  return TestGame.make(
    { chat },
    {
      on: first!,
      env: { HOME: lab.home, POMELO_TS_SECRET: secret },
      master: { host: first!.address, port: 3005, ssh_config_params: [`-p ${sshPort}`], ...master },
    },
  );
}

/** Pids of the servers that run on a host. */
function serversOn({ pids }: LabHost): number[] {
  return pids.filter((pid) => {
    const [, script] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return script === fixtureServer;
  });
}

describe('servers on other hosts', () => {
  it('are started over SSH, run there, outlive their master and are adopted by the next one', async () => {
    await using game = await manyHosts();
    const master = game.begin('start', '-e', 'production');
    await master.says('6 servers ready');
    const rows = await game.rows();
    expect(Object.values(rows).map(({ state }) => state)).toEqual(Array(6).fill('ready'));
    expect(lab.hosts.map((host) => serversOn(host).length)).toEqual([2, 2, 2]);
    master.child.kill('SIGKILL');
    await master.ended;
    const next = game.begin('start', '-e', 'production');
    await next.says('6 servers ready');
    expect(next.stdout).toContain('6 servers of a former master came back');
    const later = await game.rows();
    expect(later).toMatchObject(
      Object.fromEntries(Object.entries(rows).map(([id, { pid }]) => [id, { pid, state: 'ready' }])),
    );
    await game.run('stop');
    await next.ended;
    expect(lab.hosts.flatMap(serversOn)).toEqual([]);
    expect(readFileSync(join(game.root, 'logs', 'chat-3-1.log'), 'utf8')).toContain('chat-3-1 stops');
  });
});
