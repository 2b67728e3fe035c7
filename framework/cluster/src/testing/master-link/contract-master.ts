import assert from 'node:assert/strict';
import type { BlacklistChange } from '../../blacklist.js';
import type { MasterLink } from '../../master-link.js';
import type { RegistryEntry } from '../../registry.js';
import type { ServerEntry, ServerSettings } from '../../settings-types.js';
import { serverSettingsOf } from './servers.js';

/** What the contract has the master do, which gives the servers their links. */
export interface ContractMaster {
  /** Lets this life of a server in; another one that is there loses its place to it. */
  join(id: string, bootId: string): Promise<MasterLink>;
  /** The process of a server has ended. */
  ended(id: string, bootId: string): void;
  /** An operator has changed the settings of a server. */
  change(settings: ServerSettings): void;
  /** Lets a server be sent new work, or has it keep to what it has. */
  takeNew(id: string, takes: boolean): void;
  /** Puts networks on the blacklist, or takes them off it; also for links that stand later. */
  changeBlacklist(change: BlacklistChange): void;
  /** All servers of the start are ready. */
  allStarted(): void;
  /** Has a server carry out a command. */
  command(id: string, command: string, args: unknown, timeoutMs: number): Promise<unknown>;
  /** How many clients the server has told of. */
  connectionsOf(id: string): number | undefined;
  /** The counters that the server has told, by name. */
  countsOf(id: string): Readonly<Record<string, number>> | undefined;
  /** Breaks the line of a server until it is mended; its process goes on. */
  cut(id: string): void;
  mend(id: string): void;
  close(): void | Promise<void>;
}

/** What a case works with. */
export class MasterLinkBench {
  readonly master: ContractMaster;

  constructor(master: ContractMaster) {
    this.master = master;
  }

  /** A server that has joined and reported ready. */
  async ready(id: string, bootId = `${id}-first`): Promise<MasterLink> {
    const link = await this.master.join(id, bootId);
    link.report('ready');
    await this.sees(link, id, { state: 'ready', bootId });
    return link;
  }

  /** Waits until a server's registry has what is `expected` of another. */
  async sees(link: MasterLink, id: string, expected: Partial<RegistryEntry>): Promise<void> {
    const wanted = Object.entries(expected);
    await this.until(
      () => {
        const known = new Map(Object.entries(link.registry.get(id) ?? {}));
        return wanted.every(([field, value]) => known.get(field) === value);
      },
      `${JSON.stringify(expected)} of ${id}`,
    );
  }

  /** Changes what the topology says of a server. */
  change(id: string, more: Partial<ServerEntry>): void {
    this.master.change(serverSettingsOf(id, more));
  }

  /** Waits until `check` is true; fails after ten seconds. */
  async until(check: () => boolean, what: string): Promise<void> {
    const end = performance.now() + 10_000;
    while (!check()) {
      assert.ok(performance.now() < end, `${what} did not come true`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
}

/** A case before it has a master. */
export type MasterLinkBenchCase = readonly [title: string, run: (bench: MasterLinkBench) => Promise<void>];
