import type { MasterSettings } from '../settings-types.js';
import { problemsOfArgs } from './node-args.js';
import { type Problems, showPath } from './problems.js';
import type { PlacedServer } from './topology.js';

/**
 * Checks the options of servers with the node that runs here. Those of a host that names a node of its own are left to that one, which
 * may know others.
 */
export function checkArgs(
  file: string,
  placed: readonly PlacedServer[],
  source: { readonly root: string; readonly master: MasterSettings | undefined },
  problems: Problems,
): void {
  const known = new Map<string, readonly string[]>();
  const seen = new Set<string>();
  for (const { server, path } of placed) {
    const at = showPath(path); // copies of one entry share it
    if (seen.has(at) || source.master?.hosts[server.host]?.node !== undefined) continue;
    seen.add(at);
    const key = JSON.stringify(server.args);
    const found = known.get(key) ?? problemsOfArgs(server.args, source.root);
    known.set(key, found);
    for (const problem of found) problems.add(file, [...path, 'args'], problem);
  }
}
