import { type AskedOptions, askedMaster, hereAlone } from '../asked-master.js';
import { exitCodes } from '../failure.js';
import { awaitEnd, listServers } from '../operator.js';
import { chosen, selectionOf } from '../selection.js';
import type { Terminal } from '../terminal.js';
import { stopSteps } from '../view/steps.js';
import { stopSummary, UnreachedCount } from '../view/stop-summary.js';
import { withProgress } from '../view/with-progress.js';

const masterEndMs = 5000;

/** Options of commands that mean some servers; without any of these they mean all. */
export interface SelectingOptions extends AskedOptions {
  readonly ids: readonly string[];
  readonly types: readonly string[];
  readonly hosts: readonly string[];
}

/** Stops the servers chosen, or all of them and the master. */
export async function stop(options: SelectingOptions, terminal: Terminal): Promise<number> {
  if (options.master !== undefined && Object.keys(selectionOf(options)).length === 0) {
    terminal.err(`expected ids, --type or --host with --master: ${hereAlone('stop')}`);
    return exitCodes.usage;
  }
  const master = await askedMaster(options);
  try {
    const selection = selectionOf(options);
    const all = Object.keys(selection).length === 0;
    const rows = chosen(await listServers(master), options).filter(({ pid }) => pid !== undefined);
    const unreached = new UnreachedCount();
    const { client } = master;
    const { killed } = await withProgress('stop', stopSteps(rows), terminal, (onProgress) => {
      const told = unreached.watch(onProgress);
      return all ? client.operate('cluster.stop', {}, told) : client.operate('servers.stop', selection, told);
    });
    if (killed.length > 0) terminal.err(`killed after the time to stop was over: ${killed.join(', ')}`);
    if (all && master.own && !master.own.remote) await awaitEnd(master.own.state.pid, masterEndMs);
    terminal.out(
      stopSummary({ total: rows.length, killed: killed.length, unreached: unreached.total, master: all }),
    );
    return unreached.total > 0 ? exitCodes.failure : exitCodes.fine;
  } finally {
    master.client.close();
  }
}
