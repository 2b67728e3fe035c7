import { parseDuration } from '@pomelo-ts/common';
import { type AskedOptions, askedMaster } from '../asked-master.js';
import { exitCodes } from '../failure.js';
import { listServers } from '../operator.js';
import { paintFor, type Terminal } from '../terminal.js';
import { jsonText } from '../view/escaped.js';
import { serverTable } from '../view/server-table.js';
import { watchList } from './list/watch-list.js';

/** Options of `pomelo-ts list`. */
export interface ListOptions extends AskedOptions {
  readonly json: boolean;
  /** The master, too, in JSON. */
  readonly withMaster: boolean;
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
  const master = await askedMaster(options);
  try {
    const rows = await listServers(master);
    if (options.json) {
      const own = options.withMaster ? [await master.client.operate('master.describe', {})] : [];
      terminal.out(jsonText([...rows, ...own], 2));
    } else terminal.out(serverTable(rows, paintFor(terminal), terminal.columns));
    return exitCodes.fine;
  } finally {
    master.client.close();
  }
}
