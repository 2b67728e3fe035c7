import { isAbsolute, join, relative } from 'node:path';
import type { ClusterConfig, ServerEntry, ServerSettings } from '@pomelo-ts/cluster';
import type { BootData, MasterAddress } from '@pomelo-ts/cluster/internal';
import type { Clock, Logger, PomeloError } from '@pomelo-ts/common';
import { isEverywhere } from '@pomelo-ts/common/internal';
import { HostProcesses } from '../processes/host-processes.js';
import type { ProcessHost } from '../processes/process-host.js';
import type { ProcessRecord } from '../processes/process-records.js';
import type { Launcher, ServerProcess } from '../processes/server-process.js';
import { requireArgFiles } from './arg-files-there.js';
import { HostedProcess } from './hosted-process.js';
import { whyElsewhere } from './local-hosts.js';
import { newestOf } from './newest-lives.js';
import { RemoteHost, type RemoteHostOptions } from './remote-host.js';
import { requireSeenMaster } from './seen-master.js';
import { secretVariables, settingsOfHost } from './ssh-settings.js';
import { sshTarget } from './ssh-target.js';
import { checkStart, unwritable } from './start-checks.js';
import { refuseUnusable } from './unusable-hosts.js';

/** Settings of {@link Hosts}. */
export interface HostsOptions {
  /** Asked each time, as it may change while the master runs. */
  config(): Pick<ClusterConfig, 'root' | 'master'>;
  readonly bootScript: string;
  /** The host agent's script, for hosts that are not this machine. */
  readonly agentScript: string;
  readonly buildId: string | undefined;
  /** Where lines of servers on this machine are printed. */
  readonly print?: ((line: string) => void) | undefined;
  /** Term of the master; hosts do nothing for one whose term is over. Without it nobody asks. */
  readonly term?: number;
  /** What hosts are told of the master that acts, for messages. */
  leader?(): string;
  /** Where that one listens. */
  leaderAt?(): MasterAddress;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What a host says that would keep this master from acting there, without a proof. */
export interface UnprovedClaim {
  readonly error: PomeloError<'HOST_CLAIMED'>;
  /** Whether it says so still. */
  stands(): Promise<boolean>;
}

/** What {@link Hosts.warnings} tells. */
export interface HostWarnings {
  /** What will do harm later, as texts for an operator. */
  readonly texts: readonly string[];
  /** Hosts that do not tell what they have, or that cannot give what is asked for (CPU_UNUSABLE, ARGS_UNUSABLE), and why. */
  readonly unusable: ReadonlyMap<string, unknown>;
}

/** Oldest Node that servers run on: that of package.json's `engines`. */
const oldestNode = [20, 19] as const;

/** The machines that servers run on: this one, and those that are reached over SSH. */
export class Hosts implements Launcher {
  readonly #options: HostsOptions;
  readonly #hosts = new Map<string, HostProcesses | RemoteHost>();
  readonly #leftOut = new Map<string, UnprovedClaim>();

  constructor(options: HostsOptions) {
    this.#options = options;
  }

  /**
   * Makes the hosts of these servers ready: finds out which are this machine, and connects to the others, all at once.
   *
   * @throws the error of the one host that cannot be used, or HOSTS_UNUSABLE with those of several
   */
  async prepare(servers: readonly Pick<ServerEntry, 'host'>[]): Promise<void> {
    refuseUnusable(await this.unusable(servers));
  }

  /** As {@link prepare}; gives what is wrong with each host that cannot be used. */
  async unusable(servers: readonly Pick<ServerEntry, 'host'>[]): Promise<ReadonlyMap<string, unknown>> {
    const wrong = new Map<string, unknown>();
    const names = new Set(servers.map(({ host }) => host));
    await Promise.all(
      [...names].map((name) => this.#prepare(name).catch((error: unknown) => wrong.set(name, error))),
    );
    return wrong;
  }

  /** As {@link prepare}, for hosts that also have to give these servers what their entries ask for. @throws CPU_UNUSABLE, ARGS_UNUSABLE */
  async requireAble(servers: readonly ServerEntry[]): Promise<void> {
    await this.prepare(servers);
    refuseUnusable((await this.warnings(servers)).unusable);
  }

  /** Looks whether the hosts can give these servers what their entries ask for. */
  async warnings(servers: readonly ServerEntry[]): Promise<HostWarnings> {
    const names = [...new Set(servers.map(({ host }) => host))].filter((name) => this.#hosts.has(name));
    const unusable = new Map<string, unknown>();
    const look = async (name: string): Promise<readonly string[]> => {
      try {
        const facts = await this.get(name).facts();
        const own = servers.filter(({ host }) => host === name);
        const texts = [...checkStart(name, facts, own), ...unwritable(name, facts)];
        await requireArgFiles(this.get(name), own);
        return texts;
      } catch (error) {
        unusable.set(name, error);
        return [];
      }
    };
    return { texts: (await Promise.all(names.map(look))).flat(), unusable };
  }

  /** Finds out which of the hosts are this machine, without a connection to the others. */
  async locate(names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => this.#locate(name)));
  }

  /** A host that {@link locate} or {@link prepare} knows. */
  get(name: string): ProcessHost {
    const host = this.#hosts.get(name);
    if (!host) throw new Error(`the host ${name} was not looked for`);
    return host;
  }

  get all(): readonly ProcessHost[] {
    return [...this.#hosts.values()];
  }

  /**
   * The lives of these servers that run on a host, the newest of each; former masters start nothing there from now on.
   *
   * @throws what keeps the host from being used
   */
  async leftOn(name: string, ids: readonly string[], term: number): Promise<readonly ProcessRecord[]> {
    const asked = new Set(ids);
    return newestOf((await this.get(name).left(term)).filter(({ id }) => asked.has(id)));
  }

  launch(server: ServerEntry, boot: BootData): ServerProcess {
    const { id, args, cpu, restartForce, host: name } = server;
    const order = { id, args, restartForce, ...(cpu !== undefined && { cpu }) };
    return HostedProcess.launch(this.get(name), { server: order, boot });
  }

  async find({ id, host }: Pick<ServerEntry, 'id' | 'host'>): Promise<ProcessRecord | undefined> {
    await this.#prepare(host);
    const lives = await this.get(host).left();
    return newestOf(lives.filter((life) => life.id === id))[0];
  }

  /** Takes over a life of a server that runs on its host. */
  adopt({ id, host }: Pick<ServerEntry, 'id' | 'host'>, bootId: string, pid: number): ServerProcess {
    return HostedProcess.adopt(this.get(host), id, bootId, pid);
  }

  /** Ends the connections. Servers live on. */
  close(): void {
    for (const host of this.#hosts.values()) host.close();
  }

  /** Whether it is this machine: what another one says is its word alone. */
  isHere(name: string): boolean {
    return this.#hosts.get(name) instanceof HostProcesses;
  }

  /** Has nothing done on a host for as long as it claims what nothing proves: one host must not keep the others from being used. */
  leaveOut(name: string, claim: UnprovedClaim): void {
    this.#leftOut.set(name, claim);
  }

  /** Those of these hosts that are left out, and why. */
  leftOut(servers: readonly Pick<ServerEntry, 'host'>[]): ReadonlyMap<string, unknown> {
    const names = new Set(servers.map(({ host }) => host));
    return new Map(
      [...this.#leftOut].filter(([name]) => names.has(name)).map(([name, { error }]) => [name, error]),
    );
  }

  async #prepare(name: string): Promise<void> {
    const host = await this.#locate(name);
    if (!(host instanceof RemoteHost)) return;
    const { localAddress } = await host.connect();
    await this.#requireNoClaim(host);
    for (const { host: master } of this.#options.config().master.masters)
      await requireSeenMaster(name, master, localAddress);
  }

  /** A host that does not claim it any more is one like the others, on which this master acts from now on. */
  async #requireNoClaim(host: RemoteHost): Promise<void> {
    const claim = this.#leftOut.get(host.name);
    if (!claim) return;
    if (await claim.stands()) throw claim.error;
    this.#leftOut.delete(host.name);
    await host.left(this.#options.term);
  }

  async #locate(name: string): Promise<HostProcesses | RemoteHost> {
    const known = this.#hosts.get(name);
    if (known) return known;
    const { config, bootScript, print, term, leader, leaderAt, clock, logger } = this.#options;
    const here = (await whyElsewhere(name)) === undefined;
    const host =
      this.#hosts.get(name) ?? // somebody else has asked meanwhile
      (here
        ? new HostProcesses({
            name,
            root: config().root,
            bootScript,
            print,
            term,
            leader,
            ...(leaderAt && { leaderAt }),
            withheld: () => secretVariables(config().master),
            warn: (warning) => logger.warn('A host needs to be looked at.', { host: name, warning }),
            clock,
          })
        : this.#remote(name));
    this.#hosts.set(name, host);
    return host;
  }

  #remote(name: string): RemoteHost {
    const { config, bootScript, agentScript, buildId, term, leader, leaderAt, clock, logger } = this.#options;
    const plan = async () => {
      const { root: own, master } = config();
      const root = this.#rootOn(name);
      const there = (path: string) => movedTo(path, own, root);
      const acts = {
        ...(term !== undefined && { term }),
        ...(leader && { leader: leader() }),
        ...(leaderAt && { at: leaderAt() }),
      };
      const settings = { name, root, bootScript: there(bootScript), ...acts };
      return {
        target: await sshTarget(name, settingsOfHost(master, name)),
        node: master.hosts[name]?.node,
        orders: { root, agent: there(agentScript), oldest: oldestNode, settings },
      };
    };
    const bootThere: RemoteHostOptions['bootThere'] = (boot, seen) => this.#bootOn(name, boot, seen);
    return new RemoteHost({ name, buildId, clock, logger, plan, bootThere });
  }

  /** What a server is told over its link, with the paths of its host. */
  settingsFor(settings: ServerSettings): ServerSettings {
    const { root: from } = this.#options.config();
    const to = this.#rootOn(settings.server.host);
    return from === to ? settings : { ...settings, root: to, appDir: movedTo(settings.appDir, from, to) };
  }

  #rootOn(name: string): string {
    const { root, master } = this.#options.config();
    return master.hosts[name]?.remoteDir ?? root;
  }

  /**
   * What a server on another host is told: its own paths, and an address of the master that leads there from it. Nobody reads its
   * output there, so it has a log in any case; and its input ends with the agent's connection, which it shall outlive.
   */
  #bootOn(name: string, boot: BootData, masterAddress: string | undefined): BootData {
    const { master } = this.#options.config();
    const root = this.#rootOn(name);
    const log = { file: join(root, 'logs', `${boot.id}.log`), ...master.log };
    const [own, ...others] = boot.masters;
    const seen = isEverywhere(master.host) && own && masterAddress !== undefined;
    const masters = seen ? [{ ...own, host: masterAddress }, ...others] : boot.masters;
    return { ...boot, root, log, masters, exitWithParent: false };
  }
}

/** The same file where the game lies elsewhere; one outside of the game has the same path on all hosts. */
function movedTo(path: string, from: string, to: string): string {
  const inside = relative(from, path);
  return from === to || inside.startsWith('..') || isAbsolute(inside) ? path : join(to, inside);
}
