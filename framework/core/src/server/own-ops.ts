import type { MasterLink, Reach } from '@pomelo-ts/cluster';
import type { Clock, Logger } from '@pomelo-ts/common';
import { type DiskWatch, listenError, type MeasuredRuntime } from '@pomelo-ts/common/internal';
import {
  addDisks,
  Exposition,
  exposed,
  Health,
  type HealthFinding,
  loopHealth,
  metricsTokenIn,
  OpsOpening,
  OpsPort,
} from '@pomelo-ts/common/ops';
import type { Application } from '../application.js';
import type { FailingProbe } from '../probe/prober.js';

/** What a server's port for metrics and health tells of. */
export interface OwnOpsParts {
  readonly app: Application;
  readonly master: MasterLink;
  /** Whom this server cannot call. */
  reach(): Reach | undefined;
  /** Connectors by whose way nothing arrives; undefined where this server does not look. */
  failingProbes(): readonly FailingProbe[] | undefined;
  ready(): boolean;
  /** What is measured of the process; absent where it has several servers. */
  readonly runtime: MeasuredRuntime | undefined;
  readonly disks: DiskWatch;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Address that the port is opened at where the server's entry says none. */
const loopback = '127.0.0.1';

/** Opens the port of this server for metrics and health: at once, or once it can. Players are served without it, too. */
export async function openOwnOps(port: number, parts: OwnOpsParts): Promise<OpsOpening> {
  const opening = new OpsOpening(() => openPort(port, parts), parts);
  const inTheWay = await opening.open();
  if (inTheWay) opening.tryAgain(inTheWay);
  return opening;
}

/** @throws PORT_IN_USE, PORT_UNUSABLE */
async function openPort(port: number, parts: OwnOpsParts): Promise<OpsPort> {
  const { app, logger } = parts;
  const { serverId, server, serverType } = app;
  const { opsListen: host = loopback, metricsTokenFile } = server;
  const metricsToken = metricsTokenIn(app.root, metricsTokenFile);
  const health = healthOf(parts);
  try {
    return await OpsPort.open({
      host,
      port,
      id: serverId,
      metricsToken,
      metrics: () => {
        app.allMeasures.refresh();
        const exposition = new Exposition();
        exposition.add(exposed(app.allMeasures), { server: serverId, type: serverType, host: server.host });
        return exposition.text();
      },
      health: () => health.look(),
      ready: () => parts.ready() && !drains(parts),
      logger,
    });
  } catch (error) {
    throw listenError(error as NodeJS.ErrnoException, { serverId, host, port });
  }
}

/** Whether this server is to have no new work: it serves what it has, and whoever distributes work shall pass it over. */
function drains({ app, master }: Pick<OwnOpsParts, 'app' | 'master'>): boolean {
  return master.registry.get(app.serverId)?.state === 'draining';
}

function healthOf({ app, master, reach, failingProbes, ready, runtime, disks }: OwnOpsParts): Health {
  const health = new Health(Date.now);
  health.add('server', () =>
    ready() ? { status: 'UP', details: { draining: drains({ app, master }) } } : notReady,
  );
  health.add('link', () => (master.connected ? { status: 'UP' } : noMaster));
  health.add('peers', () => peersHealth(reach()));
  if (failingProbes()) health.add('delivery', () => deliveryHealth(failingProbes() ?? []));
  addDisks(health, disks);
  if (runtime) health.add('eventLoop', () => (ready() ? loopHealth(runtime.handles) : { status: 'UP' }));
  return health;
}

const notReady: HealthFinding = { status: 'DOWN', cause: 'the server is starting or stopping' };

const noMaster: HealthFinding = {
  status: 'DEGRADED',
  cause: 'its master does not answer: players play on, and nobody watches the server',
  cure: 'pomelo-ts list where the master ran: it names the command that starts one for this environment',
};

function peersHealth(reach: Reach | undefined): HealthFinding {
  if (!reach) return { status: 'UP' };
  const { unreached, cutFrom } = reach;
  const cutOff = cutFrom.length > 0 ? `, and nobody of the types ${cutFrom.join(', ')}` : '';
  return {
    status: cutOff ? 'DOWN' : 'DEGRADED',
    cause: `it cannot call ${unreached.join(', ')}${cutOff}`,
    cure: 'pomelo-ts doctor; look at the network and firewalls between the hosts',
    details: { unreached, cutFrom },
  };
}

function deliveryHealth(failing: readonly FailingProbe[]): HealthFinding {
  if (failing.length === 0) return { status: 'UP' };
  const [{ connector, stage, reason }] = failing as [FailingProbe];
  const others = failing.length > 1 ? `, and of ${failing.length - 1} more` : '';
  return {
    status: 'DOWN',
    cause: `what is sent to clients of ${connector}${others} does not arrive in time (${stage}: ${reason})`,
    cure: `pomelo-ts logs ${connector}; restart it if its processes hang, else look at the network and the port for clients`,
    details: { failing },
  };
}
