import type { LinkHub, ToldMeasures } from '@pomelo-ts/cluster/masters';
import type { Clock, Logger, Measures } from '@pomelo-ts/common';
import {
  type DiskWatch,
  listenError,
  type MeasuredRuntime,
  measureRuntime,
} from '@pomelo-ts/common/internal';
import {
  addDisks,
  Exposition,
  exposed,
  Health,
  loopHealth,
  metricsTokenIn,
  OpsOpening,
  OpsPort,
} from '@pomelo-ts/common/ops';
import type { CertificateEnd } from '../servers/certificates.js';
import type { HostClock } from '../servers/host-clocks.js';
import { rowOf } from '../servers/server-row.js';
import type { SharedStore } from '../servers/shared-store.js';
import type { ServerRecord } from '../supervisor/server-record.js';
import { masterMeasures, serverMeasures, storeMeasures } from './cluster-measures.js';
import { deliveryHealth } from './delivery-health.js';
import type { OpsPlace } from './ops-place.js';
import { notLeading, serversHealth } from './servers-health.js';

/** What the master's port for metrics and health tells of. */
export interface MasterOpsParts {
  readonly id: string;
  /** Where others find this master. */
  readonly host: string;
  readonly root: string;
  readonly term: number;
  readonly hub: LinkHub;
  /** Measures of this process, beside those of the hub. */
  readonly own: readonly Measures[];
  records(): readonly ServerRecord[];
  holds(): boolean;
  /** The network on the blacklist that a host is in. */
  shutsOut(host: string): string | undefined;
  /** What masters share, where there are several. */
  readonly sharedStore?: SharedStore;
  readonly disks: DiskWatch;
  certificates(): readonly CertificateEnd[];
  clocks(): readonly HostClock[];
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The port of a master for metrics and health of the whole cluster, and what it measures for that; not open yet. */
export function openMasterOps({ tokenFile, ...place }: OpsPlace, parts: MasterOpsParts): OpsOpening {
  const { id: serverId, hub, clock, logger } = parts;
  const open = async () => {
    const metricsToken = metricsTokenIn(parts.root, tokenFile);
    const runtime = measureRuntime(hub.measures, clock);
    const health = healthOf(parts, runtime);
    try {
      const port = await OpsPort.open({
        ...place,
        id: serverId,
        metricsToken,
        metrics: () => expositionOf(parts).text(),
        health: () => health.look(),
        ready: () => parts.holds(),
        logger,
      });
      return { close: () => closeAll(runtime, port) };
    } catch (error) {
      runtime.stop();
      throw listenError(error as NodeJS.ErrnoException, { serverId, ...place });
    }
  };
  return new OpsOpening(open, { clock, logger });
}

async function closeAll(runtime: MeasuredRuntime, port: OpsPort): Promise<void> {
  runtime.stop();
  await port.close();
}

function expositionOf({
  id,
  host,
  term,
  hub,
  own,
  records,
  certificates,
  clocks,
  sharedStore,
  clock,
}: MasterOpsParts): Exposition {
  const exposition = new Exposition();
  const labels = { server: id, type: 'master', host };
  const names = new Set<string>();
  for (const measures of [hub.measures, ...own]) {
    measures.refresh();
    // each registry counts what its own functions do not give: those of the hub are told
    const all = [...exposed(measures)].filter(({ definition }) => !names.has(definition.name));
    for (const { definition } of all) names.add(definition.name);
    exposition.add(all, labels);
  }
  exposition.add(masterMeasures(term, hub.registry.revision, certificates()), labels);
  exposition.add(storeMeasures(sharedStore), labels);
  const skews = new Map(clocks().map(({ serverId, skewSeconds }) => [serverId, skewSeconds]));
  const telling: Telling[] = [];
  for (const record of records()) {
    const row = rowOf(record, hub, clock.now());
    const { type, group } = row;
    const ofServer = { server: row.id, type, host: row.host, ...(group !== undefined && { group }) };
    const linked = hub.statsOf(row.id) !== undefined;
    exposition.add(
      serverMeasures(row, {
        wanted: record.wanted,
        linked,
        restarts: record.restartsBy,
        clockSkew: skews.get(row.id),
      }),
      ofServer,
    );
    // what a server that is gone was busy with is nothing any more
    const told = linked && hub.told.of(row.id);
    if (told) telling.push({ told, labels: ofServer });
  }
  addTold(exposition, telling);
  return exposition;
}

/** What a server has told, and the labels that tell it from others. */
interface Telling {
  readonly told: ToldMeasures;
  readonly labels: Readonly<Record<string, string>>;
}

/** Each server has its share of the room, and what those with little leave: one with much takes it from none. */
function addTold(exposition: Exposition, telling: readonly Telling[]): void {
  const bySize = [...telling].sort((a, b) => a.told.slots - b.told.slots);
  for (const [at, { told, labels }] of bySize.entries()) {
    exposition.add(told.all, labels, Math.floor(exposition.room / (bySize.length - at)));
    exposition.leaveOut(told.leftOut);
  }
}

function healthOf(
  { disks, holds, records, hub, clock, shutsOut, sharedStore }: MasterOpsParts,
  { handles }: MeasuredRuntime,
): Health {
  const health = new Health(Date.now);
  health.add('leader', () => (holds() ? { status: 'UP' } : notLeading));
  health.add('servers', () =>
    serversHealth(records().map((record) => ({ record, row: rowOf(record, hub, clock.now()) }))),
  );
  // what a server that is gone has found is nothing any more
  const probers = () =>
    records().flatMap(({ entry: { id, host } }) => {
      const told = hub.statsOf(id) && hub.told.of(id);
      return told ? [{ id, told, shutOut: shutsOut(host) }] : [];
    });
  health.add('delivery', () => deliveryHealth(probers()));
  addDisks(health, disks);
  if (sharedStore) health.add('store', () => sharedStore.health);
  health.add('eventLoop', () => loopHealth(handles));
  return health;
}
