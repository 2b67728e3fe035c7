import { exitCodes } from '../failure.js';
import { type GlobalOptions, gameRoot } from '../game.js';
import { listServers, requireMaster } from '../operator.js';
import { paintFor, type Terminal } from '../terminal.js';
import { serverTable } from '../view/server-table.js';

/** Prints the servers of a running cluster. */
export async function list(
  options: GlobalOptions & { readonly json: boolean; readonly master: boolean },
  terminal: Terminal,
): Promise<number> {
  const master = await requireMaster(gameRoot(options.directory), options.env);
  try {
    const rows = await listServers(master);
    if (options.json) {
      const own = options.master ? [await master.client.request('describe')] : [];
      terminal.out(JSON.stringify([...rows, ...own], null, 2));
    } else terminal.out(serverTable(rows, paintFor(terminal)));
    return exitCodes.fine;
  } finally {
    master.client.close();
  }
}
