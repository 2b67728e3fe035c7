import { exitCodes } from '../failure.js';
import { type GlobalOptions, gameRoot } from '../game.js';
import { awaitEnd, listServers, requireMaster } from '../operator.js';
import type { Terminal } from '../terminal.js';
import { stopSteps } from '../view/steps.js';
import { stopSummary } from '../view/stop-summary.js';
import { withProgress } from '../view/with-progress.js';

const masterEndMs = 5000;

/** Stops the servers named, or all of them and the master. */
export async function stop(
  options: GlobalOptions & { readonly ids: readonly string[] },
  terminal: Terminal,
): Promise<number> {
  const master = await requireMaster(gameRoot(options.directory), options.env);
  try {
    const { ids } = options;
    const rows = (await listServers(master)).filter(
      ({ id, pid }) => pid !== undefined && (ids.length === 0 || ids.includes(id)),
    );
    const answer = await withProgress(stopSteps(rows), terminal, (onProgress) =>
      master.client.request('stop', { ids }, onProgress),
    );
    const { killed } = answer as { killed: readonly string[] };
    if (killed.length > 0) terminal.err(`killed after the time to stop was over: ${killed.join(', ')}`);
    if (ids.length === 0) await awaitEnd(master.state.pid, masterEndMs);
    terminal.out(stopSummary({ total: rows.length, killed: killed.length, master: ids.length === 0 }));
    return exitCodes.fine;
  } finally {
    master.client.close();
  }
}
