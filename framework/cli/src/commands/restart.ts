import { exitCodes } from '../failure.js';
import { type GlobalOptions, gameRoot } from '../game.js';
import { listServers, requireMaster } from '../operator.js';
import { chosen } from '../selection.js';
import type { Terminal } from '../terminal.js';
import { restartSteps } from '../view/steps.js';
import { count } from '../view/units.js';
import { withProgress } from '../view/with-progress.js';

/** Options of `pomelo-ts restart`. */
export interface RestartOptions extends GlobalOptions {
  readonly ids: readonly string[];
  readonly types: readonly string[];
}

/** Stops and starts the servers named, or all of them; the master stays. */
export async function restart(options: RestartOptions, terminal: Terminal): Promise<number> {
  const master = await requireMaster(gameRoot(options.directory), options.env);
  try {
    const { ids, types } = options;
    const steps = restartSteps(chosen(await listServers(master), options));
    const answer = await withProgress(steps, terminal, (onProgress) =>
      master.client.request('restart', { ids, types }, onProgress),
    );
    const { restarted } = answer as { restarted: readonly string[] };
    terminal.out(`${count(restarted.length, 'server')} restarted`);
    return exitCodes.fine;
  } finally {
    master.client.close();
  }
}
