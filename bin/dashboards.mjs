// The dashboards for Grafana, deploy/observability/dashboards/: `npm run docs` writes them.
import { clients } from './dashboards/clients.mjs';
import { cluster } from './dashboards/cluster.mjs';
import { dashboardFile } from './dashboards/dashboard.mjs';
import { rpc } from './dashboards/rpc.mjs';
import { server } from './dashboards/server.mjs';

/**
 * How series of servers are added up, each server once: as rules do it.
 *
 * @typedef {Pick<typeof import('../framework/views/src/alerts/expressions.js'), 'each' | 'sumBy'>} Expressions
 */

/**
 * The files by their names.
 *
 * @param {Expressions} expressions
 * @returns {Readonly<Record<string, string>>}
 */
export function dashboardFiles(expressions) {
  const all = { cluster, server, clients, rpc };
  return Object.fromEntries(
    Object.entries(all).map(([name, make]) => [
      `${name}.json`,
      `${JSON.stringify(dashboardFile(make(expressions)), null, 2)}\n`,
    ]),
  );
}
