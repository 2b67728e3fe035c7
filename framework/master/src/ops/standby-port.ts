import { Measures } from '@pomelo-ts/common';
import { DiskWatch, measureRuntime } from '@pomelo-ts/common/internal';
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
import { storeMeasures } from './cluster-measures.js';
import type { OpsPlace } from './ops-place.js';
import type { StandbyOpsParts } from './standby-ops.js';

/** Opens the port of a master that stands by: at once, or once it can. */
export async function openStandbyPort(place: OpsPlace, parts: StandbyOpsParts): Promise<OpsOpening> {
  const opening = new OpsOpening(() => openPort(place, parts), parts);
  const inTheWay = await opening.open();
  if (inTheWay) opening.tryAgain(inTheWay);
  return opening;
}

async function openPort({ port, host, tokenFile }: OpsPlace, parts: StandbyOpsParts) {
  const { id, root, sharedStore, clock, logger } = parts;
  const metricsToken = metricsTokenIn(root, tokenFile);
  const measures = new Measures();
  const runtime = measureRuntime(measures, clock);
  const disks = new DiskWatch({ root, keeps: ['logs', 'state'], measures, clock });
  const health = new Health(Date.now);
  health.add('leader', () => {
    const leader = parts.leader();
    return leader === undefined ? nobody : { status: 'UP', details: { leader } };
  });
  addDisks(health, disks);
  health.add('store', () => sharedStore.health);
  health.add('eventLoop', () => loopHealth(runtime.handles));
  const stop = (): void => {
    runtime.stop();
    disks.stop();
  };
  const metrics = (): string => {
    measures.refresh();
    const exposition = new Exposition();
    const labels = { server: id, type: 'master', host: parts.host };
    exposition.add(exposed(measures), labels);
    exposition.add(storeMeasures(sharedStore), labels);
    return exposition.text();
  };
  try {
    const opened = await OpsPort.open({
      ...{ port, host, id, metricsToken, metrics, logger },
      health: () => health.look(),
      ready: () => false, // it leads nobody
    });
    return {
      close: () => {
        stop();
        return opened.close();
      },
    };
  } catch (error) {
    stop();
    throw error;
  }
}

const nobody = {
  status: 'DEGRADED',
  cause: 'no master leads, as far as this one knows',
  cure: 'pomelo-ts doctor tells whether the store answers; logs/master.log on the hosts of masters',
} as const;
