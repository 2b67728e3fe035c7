import { type AskedOptions, askedMaster } from '../asked-master.js';
import { exitCodes } from '../failure.js';
import { listServers } from '../operator.js';
import { chosen } from '../selection.js';
import type { Terminal } from '../terminal.js';
import { stopSteps } from '../view/steps.js';
import { count } from '../view/units.js';
import { withProgress } from '../view/with-progress.js';

/** Stops the servers named and takes them out of the cluster. */
export async function remove(
  options: AskedOptions & { readonly ids: readonly string[] },
  terminal: Terminal,
): Promise<number> {
  const { ids } = options;
  const master = await askedMaster(options);
  try {
    const running = chosen(await listServers(master), { ids }).filter(({ pid }) => pid !== undefined);
    const { killed } = await withProgress('remove', stopSteps(running), terminal, (onProgress) =>
      master.client.operate('servers.remove', { ids }, onProgress),
    );
    if (killed.length > 0) terminal.err(`killed after the time to stop was over: ${killed.join(', ')}`);
    terminal.out(`${count(new Set(ids).size, 'server')} removed, also for later masters`);
    return exitCodes.fine;
  } finally {
    master.client.close();
  }
}
