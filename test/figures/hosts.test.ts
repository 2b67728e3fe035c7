import { join } from 'node:path';
import { afterAll, beforeAll, it } from 'vitest';
import { eventually, type RunningCommand, repositoryRoot, TestGame } from '../helpers/cluster-process.js';
import { EtcdCluster } from '../helpers/etcd.js';
import { LeaderClaims } from '../helpers/leader-claims.js';
import { manyHosts } from '../helpers/many-hosts.js';
import { NetLab, sshPort } from '../helpers/netlab.js';

/*
 * npm run figures: what many hosts cost, measured on a lab of three. Nothing is asserted: times are those of the machine.
 */

const rounds = 5;
const app = join(repositoryRoot, 'game-server', 'dist');

let lab: NetLab;
beforeAll(async () => {
  lab = await NetLab.up(3);
});
afterAll(() => lab?.[Symbol.asyncDispose]());

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
const show = (name: string, values: readonly number[]) =>
  console.log(
    `${name}: ${median(values).toFixed(2)} s (${values.map((value) => value.toFixed(2)).join(', ')})`,
  );

const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
};

/** 24 chat servers of the reference game: on three hosts, or all on the first. */
async function twentyFour(spread: boolean): Promise<TestGame> {
  const hosts = spread ? lab.hosts : lab.hosts.slice(0, 1);
  const game = await manyHosts(lab, { hosts, perHost: 24 / hosts.length, ownBoot: true });
  game.write('package.json', { version: '1.0.0', 'pomelo-ts': { app } });
  return game;
}

async function started(game: TestGame): Promise<RunningCommand> {
  const master = game.begin('start', '-e', 'production');
  await master.says('servers ready');
  return master;
}

it('start of 24 servers, adoption of 24 servers', async () => {
  const times = { local: [] as number[], ssh: [] as number[], adoption: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    for (const kind of ['local', 'ssh'] as const) {
      await using game = await twentyFour(kind === 'ssh');
      let master: RunningCommand | undefined;
      times[kind].push(
        await seconds(async () => {
          master = await started(game);
        }),
      );
      if (kind === 'ssh') {
        master!.child.kill('SIGKILL');
        await master!.ended;
        times.adoption.push(await seconds(() => started(game)));
      }
      await game.run('stop', '-e', 'production');
    }
  }
  show('24 servers on this host', times.local);
  show('24 servers on 3 hosts over SSH', times.ssh);
  console.log(`ratio: ${(median(times.ssh) / median(times.local)).toFixed(2)}`);
  show('adoption of 24 servers on 3 hosts, with the command', times.adoption);
}, 300_000);

it('crash to ready again, without the back-off', async () => {
  const game = await manyHosts(lab, {
    perHost: 1,
    ownBoot: true,
    master: { restart: { minBackOff: '1ms', limit: 1000 } },
  });
  await using _ = game;
  game.write('package.json', { version: '1.0.0', 'pomelo-ts': { app } });
  await started(game);
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const id of ['chat-1-1', 'chat-3-1']) {
      const before = (await game.rows())[id]!;
      const host = lab.hosts[id === 'chat-1-1' ? 0 : 2]!;
      const pid = host.pids.find((one) => host.innerPid(one) === before.pid)!;
      times.push(
        await seconds(async () => {
          process.kill(pid, 'SIGKILL');
          await eventually(async () => {
            const row = (await game.rows())[id]!;
            return row.state === 'ready' && row.pid !== before.pid;
          }, 'another life');
        }),
      );
    }
  }
  show('crash to ready again, as `list` shows it (which itself takes a third of a second)', times);
  await game.run('stop', '-e', 'production');
}, 120_000);

it('takeover by a standby', async () => {
  const etcd = await EtcdCluster.onHosts(lab.hosts);
  await using _ = etcd;
  const secret = 'the secret of a game with several masters';
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const chat = lab.hosts.map(({ address: host }, at) => ({ id: `chat-${at + 1}`, host, port: 6000 }));
    await using game = await TestGame.make(
      { chat },
      {
        env: { HOME: lab.home, POMELO_TS_SECRET: secret },
        master: {
          port: 3005,
          masters: lab.hosts.map(({ address: host }) => ({ host, port: 3005 })),
          store: { kind: 'etcd', endpoints: etcd.endpoints, prefix: `figures-${round}/` },
          ssh_config_params: [`-p ${sshPort}`],
        },
      },
    );
    game.on = lab.hosts[0];
    const leader = game.begin('start', '-e', 'production');
    await leader.says('3 servers ready');
    game.on = lab.hosts[1];
    const standby = game.begin('start', '-e', 'production');
    await standby.says('standby: the master at');
    using claims = new LeaderClaims(lab.hosts, 3005, { POMELO_TS_SECRET: secret });
    const begun = LeaderClaims.now();
    leader.child.kill('SIGKILL');
    const claim = await eventually(
      () => claims.all.find(({ host }) => host === lab.hosts[1]!.address),
      'the takeover',
      20_000,
    );
    times.push((claim.received - begun) / 1000);
    await standby.says('taken over');
    await game.run('stop', '-e', 'production');
  }
  show('takeover by a standby, the leader killed', times);
}, 300_000);
