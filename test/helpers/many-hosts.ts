import { existsSync, readFileSync } from 'node:fs';
import { eventually, fixtureServer, type GameOptions, TestGame } from './cluster-process.js';
import { type LabHost, type NetLab, sshPort } from './netlab.js';

/** The secret of a game on many hosts. */
export const manyHostsSecret = 'the secret of the game on many hosts';

/** Settings of {@link manyHosts}. */
export interface ManyHostsOptions extends Pick<GameOptions, 'ownBoot'> {
  /** Servers on each host. @default 2 */
  readonly perHost?: number;
  /** What master.json says beside address and SSH port. */
  readonly master?: object;
  /** Fields of every server. */
  readonly fields?: object;
  /** Home folder of the operator. @default one with a key that all hosts let in */
  readonly home?: string;
  /** Hosts that servers are on. @default all of the lab */
  readonly hosts?: readonly LabHost[];
}

/** A game on the hosts of a lab, whose commands run on the first of them: `chat-1-1`, `chat-1-2`, `chat-2-1`, … */
export function manyHosts(lab: NetLab, options: ManyHostsOptions = {}): Promise<TestGame> {
  const { perHost = 2, master = {}, fields = {}, hosts = lab.hosts, home = lab.home, ownBoot } = options;
  const [first] = lab.hosts;
  const chat = hosts.flatMap((host) => {
    const number = lab.hosts.indexOf(host) + 1;
    return Array.from({ length: perHost }, (_, i) => ({
      id: `chat-${number}-${i + 1}`,
      host: host.address,
      port: 6000 + i,
      ...fields,
    }));
  });
  return TestGame.make(
    { chat },
    {
      on: first!,
      env: { HOME: home, POMELO_TS_SECRET: manyHostsSecret },
      master: { host: first!.address, port: 3005, ssh_config_params: [`-p ${sshPort}`], ...master },
      ...(ownBoot !== undefined && { ownBoot }),
    },
  );
}

/** Pids, as this machine counts them, of the servers that run on a host. */
export function serversOn({ pids }: LabHost): number[] {
  return pids.filter((pid) => commandOf(pid)[1] === fixtureServer);
}

/** The words of a process' command line; none when it has ended. */
export function commandOf(pid: number): string[] {
  const file = `/proc/${pid}/cmdline`;
  try {
    return existsSync(file) ? readFileSync(file, 'utf8').split('\0') : [];
  } catch {
    return [];
  }
}

/** Rows of `list --json`, by id. */
export type Rows = Awaited<ReturnType<TestGame['rows']>>;

/** Waits until `list` shows what `check` wants. */
export const rowsOnce = (game: TestGame, check: (rows: Rows) => boolean, what: string): Promise<Rows> =>
  eventually(
    async () => {
      const rows = await game.rows();
      return check(rows) && rows;
    },
    what,
    25_000,
  );

export const allReady = (rows: Rows): boolean => Object.values(rows).every(({ state }) => state === 'ready');

/** The pid of each server, by id. */
export const pidsOf = (rows: Rows): Readonly<Record<string, number | undefined>> =>
  Object.fromEntries(Object.entries(rows).map(([id, { pid }]) => [id, pid]));
