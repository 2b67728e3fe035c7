import type { Row } from '@pomelo-ts/views';
import { growthOfServer } from '../growth.js';
import type { SeenServer } from '../seen-server.js';

/** The lines of the servers; `troubleOf` says how much is wrong with one. */
export function serversView(servers: readonly SeenServer[], troubleOf: (id: string) => number): Row[] {
  return servers.map((server) => {
    const { row, reading, rates } = server;
    return {
      key: row.id,
      trouble: troubleOf(row.id),
      growth: growthOfServer(server),
      cells: {
        id: row.id,
        type: row.type,
        host: row.host,
        state: row.state,
        build: row.build ?? null,
        connections: row.frontend ? (reading?.connections ?? null) : null,
        requests: rates?.requests ?? null,
        errors: rates?.errors ?? null,
        p99: rates?.p99 ?? null,
        cpu: rates?.cpu ?? null,
        loop: reading?.loop ?? null,
        memory: reading?.memoryBytes ?? null,
        up: reading ? Math.floor(reading.up) : null,
        restarts: row.restarts,
      },
    };
  });
}
