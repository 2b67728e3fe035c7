import {
  faultMinutes,
  type Problem,
  sayProblem,
  severities,
  showBytes,
  showSeconds,
  showShare,
  thresholds,
  windowSeconds,
} from '@pomelo-ts/views';
import { faultsOf } from './fault-problems.js';
import type { Found, Said } from './found.js';
import type { OwnCounts } from './own-past.js';
import { type Players, playerProblems } from './player-problems.js';
import { type SeenServer, serves, shouldRun } from './seen-server.js';

/** What can be wrong with a server, by a name that is part of the problem's key. */
const rules: Readonly<Record<string, (server: SeenServer) => Said | undefined>> = {
  down: (server) => {
    const { id, state, exit } = server.row;
    if (!shouldRun(server) || serves(server) || state === 'starting' || state === 'stopping')
      return undefined;
    const what = exit === undefined ? sayProblem('down', { state }) : sayProblem('downBy', { state, exit });
    return [severities.PomeloServerDown, what, `logs ${id}`];
  },
  crashes: (server) => {
    const { id, lastError } = server.row;
    const { crashes, crashed } = server;
    if (crashes >= thresholds.crashes)
      return [
        severities.PomeloCrashLoop,
        lastError === undefined
          ? sayProblem('crashes', { count: crashes })
          : sayProblem('crashesBy', { count: crashes, reason: lastError }),
        `logs ${id}`,
      ];
    // who comes later sees that there was something, though it is mended
    return crashes > 0 && crashed !== undefined && serves(server)
      ? ['warn', sayProblem('crashed', { reason: crashed }), `logs ${id}`]
      : undefined;
  },
  loop: ({ row: { id }, reading }) => {
    const late = reading?.loop ?? 0;
    if (late < thresholds.loopWarnSeconds) return undefined;
    const isStuck = late >= thresholds.loopPageSeconds;
    const severity = isStuck ? severities.PomeloEventLoopStuck : severities.PomeloEventLoopSlow;
    return [severity, sayProblem('loop', { time: showSeconds(late) }), `profile ${id}`];
  },
  errors: ({ row: { id }, lastMinute }) =>
    lastMinute &&
    lastMinute.requests >= thresholds.errorRequests &&
    lastMinute.faulty >= thresholds.errorShare
      ? [
          severities.PomeloErrorBudgetFast,
          sayProblem('errors', { share: showShare(lastMinute.faulty) }),
          `logs ${id}`,
        ]
      : undefined,
  latency: ({ lastMinute }) =>
    lastMinute &&
    lastMinute.requests >= thresholds.latencyRequests &&
    (lastMinute.p99 ?? 0) >= thresholds.latencySeconds
      ? [severities.PomeloLatency, sayProblem('latency', { time: showSeconds(lastMinute.p99!) }), 'routes']
      : undefined,
  heap: ({ row: { id }, reading }) =>
    (reading?.heap ?? 0) >= thresholds.heapShare
      ? [
          severities.PomeloHeapHigh,
          sayProblem('heap', { share: showShare(reading!.heap!) }),
          `profile ${id} --heap`,
        ]
      : undefined,
  files: ({ reading }) =>
    (reading?.files ?? 0) >= thresholds.filesShare
      ? [severities.PomeloFilesHigh, sayProblem('files', { share: showShare(reading!.files!) }), 'doctor']
      : undefined,
  cpu: ({ row: { id }, lastMinute }) =>
    (lastMinute?.cpu ?? 0) >= thresholds.cpuShare
      ? [severities.PomeloCpuHigh, sayProblem('cpu', { share: showShare(lastMinute!.cpu) }), `profile ${id}`]
      : undefined,
  queue: ({ row: { id }, reading, before }) => {
    const grown = ((reading?.queue ?? 0) - (before?.queue ?? 0)) / windowSeconds['10s'];
    return reading && reading.queue > thresholds.sendQueueBytes && grown > thresholds.sendQueueGrowth
      ? [
          severities.PomeloSendQueueGrows,
          sayProblem('queue', { bytes: showBytes(reading.queue) }),
          `drain ${id}`,
        ]
      : undefined;
  },
  dropped: ({ row: { id }, lastMinute }) =>
    lastMinute && lastMinute.pushes >= thresholds.pushes && lastMinute.dropped > thresholds.droppedShare
      ? [
          severities.PomeloPushesDropped,
          sayProblem('dropped', { share: showShare(lastMinute.dropped) }),
          `drain ${id}`,
        ]
      : undefined,
  probe: ({ row: { id }, reading, shutOut }) =>
    reading && reading.failingProbes > 0
      ? [
          severities.PomeloDeliveryProbe,
          shutOut === undefined
            ? sayProblem('probe', { count: reading.failingProbes })
            : sayProblem('probeShutOut', { count: reading.failingProbes, network: shutOut }),
          shutOut === undefined ? `logs ${id}` : `blacklist remove ${shutOut}`,
        ]
      : undefined,
  reach: ({ row: { unreached = [] } }) =>
    unreached.length > 0
      ? ['page', sayProblem('reach', { ids: unreached.slice(0, 3).join(', ') }), 'doctor']
      : undefined,
};

/** What a master knows of the cluster as a whole. */
export interface ClusterSeen {
  /** What it has counted of itself in the last minute. */
  readonly own: OwnCounts;
  readonly players: Players;
  /** Of its registry. */
  readonly revision: number;
}

/**
 * All that is wrong now, by what the thresholds say.
 *
 * @param servers as they are over the last 10 seconds
 * @param cluster what the master knows beside them
 */
export function findProblems(
  servers: readonly SeenServer[],
  { own, players, revision }: ClusterSeen,
): Found[] {
  return [
    ...ofServers(servers, revision),
    ...ofTypes(servers),
    ...ofHosts(servers),
    ...playerProblems(players),
    ...ofMaster(own),
  ];
}

function ofMaster({ signInFailures, auditUnwritten }: OwnCounts): Found[] {
  const about = 'admin';
  const found: Found[] = [];
  if (signInFailures > thresholds.signInFailures)
    found.push({
      ...{ key: 'admin signIn', about, severity: severities.PomeloAdminSignInFailures, next: 'account' },
      what: sayProblem('signIns', { count: signInFailures }),
    });
  if (auditUnwritten > 0)
    found.push({
      ...{ key: 'admin audit', about, severity: severities.PomeloAuditWriteFailed, next: 'doctor' },
      what: sayProblem('audit', {}),
    });
  return found;
}

function ofServers(servers: readonly SeenServer[], revision: number): Found[] {
  return servers.flatMap((server) => {
    const { id } = server.row;
    const present = Object.entries(rules).flatMap(([name, rule]) => {
      const said = rule(server);
      return said ? [[name, said] as const] : [];
    });
    return [...present, ...faultsOf(server, revision)].map(([name, [severity, what, next, lastsMs = 0]]) => ({
      ...{ key: `${id} ${name}`, about: id, severity, what, next, lastsMs },
    }));
  });
}

/** End the keys of servers and hosts that are gone. */
const [down, ofHost] = [' down', ' host'];
/** Ends the key of what is wrong with all servers of a type. */
const ofType = ' nobody';

/** Whether it is wrong with all servers of a type, and so worse than with some of them. */
export const isOfType = ({ key }: Pick<Problem, 'key'>): boolean => key.endsWith(ofType);

/** Whether it is a server or a whole host that is gone. */
export const isDown = ({ key }: Pick<Problem, 'key'>): boolean => key.endsWith(down) || key.endsWith(ofHost);

/** How long servers may take to begin, or to come back to a master that has just taken over, in ms. */
const beginMs = 10_000;

/** Whether it begins, and no life before has ended by itself: also one that has not come back yet to a new master. */
const begins = ({ row: { state, end } }: SeenServer): boolean => state === 'starting' && end === undefined;

/** Of a type that should run and of which nobody serves, players notice at once; unless there have been none until now. */
function ofTypes(servers: readonly SeenServer[]): Found[] {
  const wanted = servers.filter(shouldRun);
  const gone = new Set(wanted.map(({ row: { type } }) => type));
  for (const server of servers) if (serves(server)) gone.delete(server.row.type);
  const isNew = (type: string) => wanted.every((server) => server.row.type !== type || begins(server));
  return [...gone].map((type) => ({
    lastsMs: isNew(type) ? beginMs : 0,
    key: `${type}${ofType}`,
    severity: severities.PomeloTypeGone,
    about: type,
    what: sayProblem('type', {}),
    next: `start -t ${type}`,
  }));
}

/** Of a host that has several servers none serves: it is down, or cannot be reached. */
function ofHosts(servers: readonly SeenServer[]): Found[] {
  const wanted = servers.filter(shouldRun).map(({ row: { host } }) => host);
  const serving = new Set(servers.filter(serves).map(({ row: { host } }) => host));
  const gone = new Set(wanted.filter((host, at) => wanted.indexOf(host) !== at && !serving.has(host)));
  return [...gone].map((host) => ({
    ...{ key: `${host}${ofHost}`, about: host, severity: severities.PomeloHostDown, next: 'doctor' },
    ...{ what: sayProblem('host', {}), lastsMs: faultMinutes.short * 60_000 },
  }));
}
