import { hostname, networkInterfaces } from 'node:os';
import { isEverywhere, isLoopback } from '@pomelo-ts/common/internal';
import type { MasterSettings } from '../settings-types.js';
import { problemsOfArgs } from './node-args.js';
import { type Problems, showPath } from './problems.js';
import type { PlacedServer } from './topology.js';

/**
 * Checks the options of servers with the node that runs here, and the files they name for those that run here. Those of a host that names
 * a node of its own are left to that one, which may know others.
 */
export function checkArgs(
  file: string,
  placed: readonly PlacedServer[],
  source: { readonly root: string; readonly master: MasterSettings | undefined },
  problems: Problems,
): void {
  checkInspectPorts(file, placed, problems);
  const known = new Map<string, readonly string[]>();
  const seen = new Set<string>();
  for (const { server, path } of placed) {
    const at = showPath(path); // copies of one entry share it
    if (seen.has(at) || source.master?.hosts[server.host]?.node !== undefined) continue;
    seen.add(at);
    const here = isHere(server.host);
    const key = JSON.stringify([here, server.args]);
    const found = known.get(key) ?? problemsOfArgs(server.args, source.root, here);
    known.set(key, found);
    for (const problem of found) problems.add(file, [...path, 'args'], problem);
  }
}

/** Whether a host is this machine for sure: what another name means is found out by a start alone, which looks for files there. */
function isHere(host: string): boolean {
  if (isLoopback(host) || isEverywhere(host) || host === hostname()) return true;
  return Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === host));
}

const inspectOption = /^--(?:inspect|inspect-brk|inspect-wait|inspect-port|debug-port)=(?:.*:)?(\d+)$/;

/** A debugger listens before the server does, and would have the port that this or another server of the host wants. */
function checkInspectPorts(file: string, placed: readonly PlacedServer[], problems: Problems): void {
  const wanted = new Map<string, string>();
  for (const { server } of placed)
    for (const port of [server.port, server.clientPort, server.opsPort])
      if (port !== undefined) wanted.set(`${server.host} ${port}`, server.id);
  for (const { server, path } of placed) {
    for (const arg of server.args) {
      const port = inspectOption.exec(arg.replaceAll('_', '-'))?.[1];
      const other = port === undefined ? undefined : wanted.get(`${server.host} ${Number(port)}`);
      if (other === undefined) continue;
      problems.add(
        file,
        [...path, 'args'],
        `expected a port that no server has, got ${arg}; ${other} listens there`,
      );
    }
  }
}
