import { renameSync } from 'node:fs';
import { join } from 'node:path';
import type { TestGame } from '../helpers/cluster-process.js';
import type { EtcdCluster } from '../helpers/etcd.js';
import type { LabHost, NetLab } from '../helpers/netlab.js';
import { chatServer } from './game.js';
import type { HostDisks } from './host-disks.js';
import type { Masters } from './masters.js';
import type { Operator } from './operator.js';
import { type Fault, showFault } from './schedule.js';
import { livesIn } from './second-lives.js';
import type { SshPorts } from './ssh-ports.js';

/** What {@link Faults} are done to. */
export interface Victims {
  readonly lab: NetLab;
  readonly game: TestGame;
  readonly masters: Masters;
  readonly operator: Operator;
  readonly disks: HostDisks;
  readonly ports: SshPorts;
  readonly etcd: EtcdCluster | undefined;
  /** Hosts without power. */
  readonly off: Set<LabHost>;
}

type Undo = (() => unknown) | undefined;
type HostFault = Extract<Fault, { readonly host: number }>;

/** Does faults to a game. */
export class Faults {
  /** Faults that have ended processes which players may be connected to. */
  cutting = 0;
  /** Faults that found nothing to be done to, where there must have been something. */
  readonly idle: string[] = [];
  readonly #victims: Victims;
  readonly #removed = new Set<string>();
  #reloads = 0;

  constructor(victims: Victims) {
    this.#victims = victims;
  }

  /** Does a fault; gives what ends it. */
  async do(fault: Fault): Promise<Undo> {
    const { masters, operator } = this.#victims;
    switch (fault.kind) {
      case 'kill server':
        return this.#killServer(fault.id);
      case 'pause server':
        return pause(livesIn(this.#victims.lab).get(fault.id) ?? []);
      case 'kill master':
        masters.signal(fault.master, 'SIGKILL');
        return undefined;
      case 'pause master':
        return masters.signal(fault.master, 'SIGSTOP');
      case 'restart':
        operator.touched.add(fault.id);
        void operator.run('restart', fault.id);
        return undefined;
      case 'config reload':
        this.#reload(fault.id, fault.restart);
        return undefined;
      case 'remove':
        return this.#remove(fault.id);
      default:
        return this.#doToHost(fault);
    }
  }

  #doToHost(fault: HostFault): Promise<Undo> | Undo {
    const { lab, ports, disks } = this.#victims;
    const host = lab.hosts[fault.host]!;
    const other = 'from' in fault ? lab.hosts[fault.from]! : host;
    switch (fault.kind) {
      case 'add':
        return this.#add(host, fault.number);
      case 'hanging ssh': {
        const pids = ports.serverPids(host);
        if (pids.length === 0 && !this.#victims.off.has(host)) this.idle.push(showFault(fault));
        return pause(pids);
      }
      case 'bad ssh':
        ports.become(host, fault.mode);
        return () => ports.become(host, 'well');
      case 'power off':
        return this.#powerOff([host]);
      case 'power off two':
        return this.#powerOff([host, other]);
      case 'cut':
      case 'cut two':
        return cut([...new Set([host, other])]);
      case 'cut between':
        host.drop({ from: other.address });
        other.drop({ from: host.address });
        return () => {
          for (const one of [host, other]) one.dropNothing();
        };
      case 'one way':
        host.drop({ from: other.address });
        return () => host.dropNothing();
      case 'loss':
        host.drop({ share: fault.share });
        return () => host.dropNothing();
      case 'delay':
        return host.wan({ delay: fault.delay }).then(() => () => host.wan({ delay: 0 }));
      case 'full disk':
        return disks.fill(fault.host);
    }
  }

  #killServer(id: string): undefined {
    const pids = livesIn(this.#victims.lab).get(id) ?? [];
    for (const pid of pids) signal(pid, 'SIGKILL');
    if (pids.length > 0 && id.startsWith('connector')) this.cutting++;
  }

  #reload(id: string, restart: boolean): void {
    const { game, operator } = this.#victims;
    const servers: Record<string, { id: string; args: string[] }[]> = JSON.parse(
      game.read('config/servers.json'),
    );
    const entry = Object.values(servers)
      .flat()
      .find((one) => one.id === id)!;
    entry.args = [entry.args[0]!, `--stack-trace-limit=${10 + ++this.#reloads}`];
    // At once, as whoever reads it meanwhile must find all of it.
    game.write('config/servers.new', servers);
    renameSync(join(game.root, 'config/servers.new'), join(game.root, 'config/servers.json'));
    if (restart) operator.touched.add(id);
    void operator.run('config', 'reload', '--yes', ...(restart ? ['--restart'] : []));
  }

  #add(host: LabHost, number: number): Undo {
    const { game, operator } = this.#victims;
    const id = `chat-${90 + number}`;
    const entry = { serverType: 'chat', ...chatServer(game, id, host.address, 6100 + number) };
    const added = operator.run('add', JSON.stringify(entry));
    return async () => {
      await added;
      await operator.insist((rows) => rows.every((row) => row.id !== id), 'remove', id);
    };
  }

  #remove(id: string): Undo {
    const { operator } = this.#victims;
    if (this.#removed.has(id)) return undefined;
    this.#removed.add(id);
    operator.touched.add(id);
    const removed = operator.run('remove', id);
    return async () => {
      await removed;
      await operator.insist((rows) => rows.some((row) => row.id === id), 'add', id);
      this.#removed.delete(id);
    };
  }

  async #powerOff(hosts: readonly LabHost[]): Promise<Undo> {
    const { off } = this.#victims;
    for (const host of hosts) off.add(host);
    await Promise.all(hosts.map((host) => host.off()));
    this.cutting++;
    return () => Promise.all(hosts.map((host) => this.#powerOn(host)));
  }

  async #powerOn(host: LabHost): Promise<void> {
    const { lab, game, disks, ports, etcd, off } = this.#victims;
    const at = lab.hosts.indexOf(host);
    await host.on();
    await disks.mount(host, at, game.root);
    await ports.open(host);
    if (etcd && at < 3) await etcd.begin(at);
    off.delete(host);
  }
}

function cut(hosts: readonly LabHost[]): Undo {
  for (const host of hosts) host.cut();
  return () => {
    for (const host of hosts) host.heal();
  };
}

/** Pauses processes; gives what lets those go on that are still there. */
function pause(pids: readonly number[]): Undo {
  for (const pid of pids) signal(pid, 'SIGSTOP');
  return () => {
    for (const pid of pids) signal(pid, 'SIGCONT');
  };
}

/** Some have ended meanwhile. */
function signal(pid: number, name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
