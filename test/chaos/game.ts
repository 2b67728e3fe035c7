import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot, TestGame } from '../helpers/cluster-process.js';
import type { EtcdCluster } from '../helpers/etcd.js';
import { type NetLab, sshPort } from '../helpers/netlab.js';

/** Settings of {@link makeGame}. */
export interface GamePlan {
  readonly etcd?: EtcdCluster | undefined;
  /** Where hosts are reached over SSH. @default that of the lab's sshd */
  readonly port?: number;
  /** Whom the master knows. @default the lab's hosts */
  readonly knownHosts?: string;
}

const secret = 'the secret of a game that goes through a lot';

/** Whoever waits is told within seconds, however that ends: a run looks for calls that nothing ends. */
const settings = {
  client: { heartbeat: '3s' },
  request: { timeout: '6s' },
  rpc: { timeout: '5s' },
};

/** Players of a run, at most, and the rooms that they are in. */
export const mostPlayers = 300;
export const rooms = 12;

/** The servers of the game on so many hosts. */
export const serverIdsOn = (hosts: number): readonly string[] =>
  Array.from({ length: hosts }, (_, at) => [
    `connector-${at + 1}`,
    `chat-${at + 1}`,
    ...(at < 2 ? [`gate-${at + 1}`] : []),
  ]).flat();

/** What the topology says of a server that a run adds: a chat server, as the others are. */
export const chatServer = (game: TestGame, id: string, host: string, port: number) => ({
  ...common(id),
  host,
  port,
  witnessFolder: join(game.root, 'witnesses'),
  directoryFolder: join(game.root, 'directory'),
  players: mostPlayers,
  rooms,
});

const common = (id: string) => ({ id, args: [`--title=pomelo-${id}`] });

/** The reference game on all hosts of a lab: two gates, a connector and a chat server on each host. */
export async function makeGame(lab: NetLab, plan: GamePlan = {}): Promise<TestGame> {
  const { etcd, port = sshPort, knownHosts } = plan;
  const on = <T>(make: (host: string, number: number) => T) =>
    lab.hosts.map(({ address }, at) => make(address, at + 1));
  const game = await TestGame.make(
    {},
    {
      ownBoot: true,
      env: { HOME: lab.home, POMELO_TS_SECRET: secret },
      master: {
        ...(etcd
          ? {
              masters: lab.hosts.slice(0, 3).map(({ address: host }) => ({ host, port: 3005 })),
              store: { kind: 'etcd', endpoints: etcd.endpoints },
            }
          : { host: lab.hosts[0]!.address }),
        port: 3005,
        stopTimeout: '3s',
        ssh: { connectTimeout: '5s', ...(knownHosts !== undefined && { knownHosts }) },
        ssh_config_params: [`-p ${port}`],
      },
    },
  );
  const app = join(game.root, 'game');
  for (const folder of [join(game.root, 'witnesses'), join(game.root, 'directory'), app]) mkdirSync(folder);
  symlinkSync(join(repositoryRoot, 'game-server', 'dist', 'app'), join(app, 'app'));
  symlinkSync(join(repositoryRoot, 'test', 'chaos', 'game-app.js'), join(app, 'app.js'));
  game.write('package.json', { version: '1.0.0', 'pomelo-ts': { app: 'game' } });
  game.write('config/settings.json', settings);
  game.write('config/servers.json', {
    gate: on((host, n) => ({
      ...common(`gate-${n}`),
      host,
      port: 6000,
      clientPort: 7000,
      frontend: true,
    })).slice(0, 2),
    connector: on((host, n) => ({
      ...common(`connector-${n}`),
      host,
      port: 6001,
      clientPort: 7001,
      frontend: true,
    })),
    chat: on((host, n) => chatServer(game, `chat-${n}`, host, 6002)),
  });
  return game;
}
