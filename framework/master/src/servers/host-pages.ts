import { type Clock, reasonOf } from '@pomelo-ts/common';
import type { HostMachine, HostPage, HostServer, Problem } from '@pomelo-ts/views';
import type { Hosts } from '../hosts/hosts.js';
import type { HostFacts } from '../processes/process-host.js';
import type { Selection } from '../topology/selection.js';
import type { ServerRow } from './server-row.js';

/** What {@link HostPages} works with. */
export interface HostPagesParts {
  readonly hosts: Pick<Hosts, 'get'>;
  /** The ids that a selection means. @throws SERVER_NOT_IN_TOPOLOGY */
  select(selection: Selection): readonly string[];
  /** Servers, without what they count. */
  rows(): readonly Omit<ServerRow, 'counters'>[];
  /** What is wrong in the cluster, the worst first. */
  problems(): Promise<readonly Problem[]>;
  readonly clock: Clock;
}

/** Most servers that a page has. */
const mostHostServers = 200;

/** For how long a host is not asked again, in ms: each time it tries whether its disks can be written. */
const freshMs = 2000;

interface Asked {
  readonly at: number;
  readonly facts: Promise<HostFacts>;
}

/** Tells of hosts and of the servers there. However many look, a host is asked once in two seconds. */
export class HostPages {
  readonly #parts: HostPagesParts;
  readonly #asked = new Map<string, Asked>();

  constructor(parts: HostPagesParts) {
    this.#parts = parts;
  }

  /** The page of a host, as the topology names it. @throws SERVER_NOT_IN_TOPOLOGY for a host that no server is on */
  async of(name: string): Promise<HostPage> {
    const { select, rows, problems } = this.#parts;
    const ids = new Set(select({ hosts: [name] }));
    const own = rows().filter(({ id }) => ids.has(id));
    const host = own[0]?.host ?? name;
    const wrong = (await problems()).filter(({ about }) => ids.has(about) || about === host);
    const inTrouble = new Set(wrong.map(({ about }) => about));
    const servers = [
      ...own.filter(({ id }) => inTrouble.has(id)),
      ...own.filter(({ id }) => !inTrouble.has(id)),
    ];
    return {
      host,
      ...(await this.#told(host)),
      servers: servers.slice(0, mostHostServers).map(serverOf),
      total: own.length,
      problems: wrong,
    };
  }

  /** A look opens no connection: one to a host that is away is tried by those who start servers there. */
  async #told(name: string): Promise<Partial<Pick<HostPage, 'machine' | 'silent'>>> {
    try {
      const host = this.#parts.hosts.get(name);
      if (!(await host.answers(0))) return { silent: 'this master has no connection to it that answers' };
      return { machine: machineOf(await this.#facts(name)) };
    } catch (error) {
      return { silent: reasonOf(error) };
    }
  }

  #facts(name: string): Promise<HostFacts> {
    const { hosts, clock } = this.#parts;
    const now = clock.now();
    const known = this.#asked.get(name);
    if (known && now - known.at < freshMs) return known.facts;
    const facts = hosts.get(name).facts();
    this.#asked.set(name, { at: now, facts });
    return facts;
  }
}

const machineOf = ({
  node,
  platform,
  cpus,
  load,
  memoryBytes,
  freeMemoryBytes,
  ...more
}: HostFacts): HostMachine => ({
  ...{ node, platform, cpus, load, memoryBytes, freeMemoryBytes },
  ...(more.openFiles !== undefined && { openFiles: more.openFiles }),
  disks: more.disks,
});

const serverOf = ({
  id,
  state,
  pid,
  cpu,
  rssBytes,
  uptime,
  lastError,
  end,
}: Omit<ServerRow, 'counters'>): HostServer => ({
  ...{ id, state },
  ...(pid !== undefined && { pid }),
  ...(cpu !== undefined && { cpu }),
  ...(rssBytes !== undefined && { memoryBytes: rssBytes }),
  ...(uptime !== undefined && { up: uptime }),
  ...(lastError !== undefined
    ? { end: lastError }
    : end === 'stopped' && pid === undefined && { end: 'stopped' }),
});
