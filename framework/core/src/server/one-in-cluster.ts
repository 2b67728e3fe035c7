import type { MasterLink } from '@pomelo-ts/cluster';
import type { Clock, Logger } from '@pomelo-ts/common';
import type { RpcNode } from '@pomelo-ts/rpc';
import type { Application } from '../application.js';
import { IdService } from '../ids/id-service.js';
import { RisingGenerator } from '../ids/rising-generator.js';
import { RisingIds, takeRemote } from '../ids/rising-ids.js';
import { WorkerIds } from '../ids/worker-ids.js';
import type { Ids } from '../ids.js';
import { Leases } from '../lease/leases.js';
import type { RemoteTable } from '../remote/remote-table.js';
import type { TypeRouter } from '../routing/type-router.js';
import { ClusterCron, type ClusterCronOptions } from '../schedule/cluster-cron.js';

/** What {@link OneInCluster} works with. */
export interface OneInClusterOptions {
  readonly app: Application;
  readonly master: MasterLink;
  readonly node: RpcNode;
  readonly router: TypeRouter;
  readonly remotes: RemoteTable;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What a server does or has that only one of the cluster may: leases, and the ids that need them. */
export class OneInCluster {
  readonly leases: Leases;
  readonly ids: Ids;
  readonly #options: OneInClusterOptions;
  readonly #generator: RisingGenerator | undefined;

  constructor(options: OneInClusterOptions) {
    this.#options = options;
    const { app, master, node, router, remotes, clock, logger } = options;
    const { serverId, counters } = app;
    const { generatorType } = app.settings.settings.ids;
    const wallTime = (): number => Date.now();
    this.leases = new Leases({ serverId, master, clock, logger, onLost: () => counters.leaseLost.add() });
    const { leases } = this;
    const generators = (): readonly string[] =>
      generatorType === undefined ? [] : router.idsOf(generatorType);
    this.ids = new IdService(
      new WorkerIds({ serverId, leases, clock, wallTime }),
      new RisingIds({ serverId, generators, node, clock }),
    );
    if (app.serverType !== generatorType) return;
    const generator = new RisingGenerator({ serverId, leases, clock, logger, wallTime });
    remotes.addSystem(takeRemote, async (count) => String(await generator.take(count as number)));
    this.#generator = generator;
  }

  /** Has one server of the cluster run a cron. */
  cron(cron: Pick<ClusterCronOptions, 'id' | 'run' | 'catchUp' | 'running' | 'lateMs'>): ClusterCron {
    const { app, clock, logger } = this.#options;
    const { counters } = app;
    return new ClusterCron({ ...cron, leases: this.leases, clock, counters, logger, wallTime: Date.now });
  }

  /** Begins to make rising ids, or to stand by for it, where this server's type does. */
  begin(): void {
    void this.#generator?.run();
  }

  /** Leaves what others can take over while this server still finishes its work. */
  async retire(): Promise<void> {
    await this.#generator?.close();
  }

  /** Gives all leases back. */
  async close(): Promise<void> {
    await this.leases.close();
  }
}
