import type { Row } from '@pomelo-ts/views';
import { type SeenServer, serves, shouldRun } from '../seen-server.js';

/** The lines of the hosts; `troubleOf` says how much is wrong with a server. */
export function hostsView(servers: readonly SeenServer[], troubleOf: (id: string) => number): Row[] {
  const byHost = groupByHost(servers);
  return [...byHost].map(([host, own]) => {
    const wanted = own.filter(shouldRun);
    const serving = own.filter(serves);
    const told = own.flatMap(({ reading }) => reading ?? []);
    return {
      key: host,
      trouble: own.reduce((sum, { row }) => sum + troubleOf(row.id), 0),
      cells: {
        host,
        state: serving.length >= wanted.length ? 'ready' : serving.length > 0 ? 'degraded' : 'down',
        servers: wanted.length,
        serving: serving.length,
        connections: sumOf(told.map(({ connections }) => connections)),
        requests: requestsOf(own.filter(({ row }) => row.frontend)),
        work: requestsOf(own.filter(({ row }) => !row.frontend)),
        cpu: sumOf(own.map(({ rates }) => rates?.cpu ?? 0)),
        memory: sumOf(told.map(({ memoryBytes }) => memoryBytes)),
        loop: mostOf(told.map(({ loop }) => loop)),
        files: mostOf(told.map(({ files }) => files)),
      },
    };
  });
}

function groupByHost(servers: readonly SeenServer[]): Map<string, SeenServer[]> {
  const byHost = new Map<string, SeenServer[]>();
  for (const server of servers) {
    const own = byHost.get(server.row.host);
    if (own) own.push(server);
    else byHost.set(server.row.host, [server]);
  }
  return byHost;
}

/** A request that a frontend passes on is measured by its backend as well, so the two are never added up. Null where there is none of them. */
function requestsOf(servers: readonly SeenServer[]): number | null {
  return servers.length > 0 ? sumOf(servers.map(({ rates }) => rates?.requests ?? 0)) : null;
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

function mostOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length > 0 ? Math.max(...known) : null;
}
