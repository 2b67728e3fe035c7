import { parseDuration } from '@pomelo-ts/common';
import { exitCodes } from '../failure.js';
import { type GlobalOptions, gameRoot } from '../game.js';
import { listServers, requireMaster } from '../operator.js';
import { paintFor, type Terminal } from '../terminal.js';
import { jsonText } from '../view/escaped.js';
import { serverTable } from '../view/server-table.js';
import { watchList } from './list/watch-list.js';

/** Options of `pomelo-ts list`. */
export interface ListOptions extends GlobalOptions {
  readonly json: boolean;
  readonly master: boolean;
  /** Time between two tables, with its unit; empty for the usual one. Undefined for one table. */
  readonly watch: string | undefined;
}

/** Prints the servers of a running cluster, once or again and again. */
export async function list(options: ListOptions, terminal: Terminal): Promise<number> {
  const { watch } = options;
  if (watch === undefined) return listOnce(options, terminal);
  const intervalMs = parseDuration(watch || '1s');
  if (!intervalMs) {
    terminal.err(`expected --watch as a duration with its unit, such as "5s"; got ${watch}`);
    return exitCodes.usage;
  }
  return watchList({ ...options, intervalMs }, terminal);
}

async function listOnce(options: ListOptions, terminal: Terminal): Promise<number> {
  const master = await requireMaster(gameRoot(options.directory), options.env);
  try {
    const rows = await listServers(master);
    if (options.json) {
      const own = options.master ? [await master.client.operate('master.describe', {})] : [];
      terminal.out(jsonText([...rows, ...own], 2));
    } else terminal.out(serverTable(rows, paintFor(terminal), terminal.columns));
    return exitCodes.fine;
  } finally {
    master.client.close();
  }
}
