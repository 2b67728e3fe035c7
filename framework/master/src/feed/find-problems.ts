import { type Problem, showSeconds, showShare, thresholds } from '@pomelo-ts/views';
import { type SeenServer, serves, shouldRun } from './seen-server.js';

/** Something that is wrong, without since when. */
export type Found = Omit<Problem, 'since'>;

/** What is said of a problem of a server. */
type Said = readonly [severity: Problem['severity'], what: string, next: string];

/** What can be wrong with a server, by a name that is part of the problem's key. */
const rules: Readonly<Record<string, (server: SeenServer) => Said | undefined>> = {
  down: (server) => {
    const { id, state, exit } = server.row;
    if (!shouldRun(server) || serves(server) || state === 'starting') return undefined;
    return ['warn', exit === undefined ? state : `${state}: ${exit}`, `logs ${id}`];
  },
  crashes: ({ row: { id, lastError }, crashes }) =>
    crashes >= thresholds.crashes
      ? [
          'page',
          `crashed ${crashes} times in 10 m${lastError === undefined ? '' : `: ${lastError}`}`,
          `logs ${id}`,
        ]
      : undefined,
  loop: ({ row: { id }, reading }) => {
    const late = reading?.loop ?? 0;
    if (late < thresholds.loopWarnSeconds) return undefined;
    const severity = late >= thresholds.loopPageSeconds ? 'page' : 'warn';
    return [severity, `event loop ${showSeconds(late)} late`, `profile ${id}`];
  },
  errors: ({ row: { id }, lastMinute }) =>
    lastMinute &&
    lastMinute.requests >= thresholds.errorRequests &&
    lastMinute.errors >= thresholds.errorShare
      ? ['page', `${showShare(lastMinute.errors)} of its requests fail`, `logs ${id}`]
      : undefined,
  latency: ({ lastMinute }) =>
    lastMinute &&
    lastMinute.requests >= thresholds.latencyRequests &&
    (lastMinute.p99 ?? 0) >= thresholds.latencySeconds
      ? ['page', `requests take ${showSeconds(lastMinute.p99!)} (p99)`, 'routes']
      : undefined,
  heap: ({ row: { id }, reading }) =>
    (reading?.heap ?? 0) >= thresholds.heapShare
      ? ['page', `heap is ${showShare(reading!.heap!)} full`, `profile ${id} --heap`]
      : undefined,
  files: ({ reading }) =>
    (reading?.files ?? 0) >= thresholds.filesShare
      ? ['page', `${showShare(reading!.files!)} of its descriptors are open`, 'doctor']
      : undefined,
  cpu: ({ row: { id }, lastMinute }) =>
    (lastMinute?.cpu ?? 0) >= thresholds.cpuShare
      ? ['warn', `uses ${showShare(lastMinute!.cpu)} of a processor`, `profile ${id}`]
      : undefined,
  reach: ({ row: { unreached = [] } }) =>
    unreached.length > 0 ? ['page', `cannot reach ${unreached.slice(0, 3).join(', ')}`, 'doctor'] : undefined,
};

/** All that is wrong with these servers now, by what the thresholds say. */
export function findProblems(servers: readonly SeenServer[]): Found[] {
  return [...ofServers(servers), ...ofTypes(servers)];
}

function ofServers(servers: readonly SeenServer[]): Found[] {
  return servers.flatMap((server) =>
    Object.entries(rules).flatMap(([name, rule]) => {
      const said = rule(server);
      if (!said) return [];
      const [severity, what, next] = said;
      return [{ key: `${server.row.id} ${name}`, about: server.row.id, severity, what, next }];
    }),
  );
}

/** Of a type that should run and of which nobody serves, players notice at once. */
function ofTypes(servers: readonly SeenServer[]): Found[] {
  const gone = new Set(servers.filter(shouldRun).map(({ row: { type } }) => type));
  for (const server of servers) if (serves(server)) gone.delete(server.row.type);
  return [...gone].map((type) => ({
    key: `${type} nobody`,
    severity: 'page',
    about: type,
    what: 'no server of this type serves',
    next: `start -t ${type}`,
  }));
}
