import { askedMaster } from '../asked-master.js';
import { exitCodes } from '../failure.js';
import { listServers } from '../operator.js';
import { chosen, selectionOf } from '../selection.js';
import type { Terminal } from '../terminal.js';
import { restartSteps } from '../view/steps.js';
import { count } from '../view/units.js';
import { withProgress } from '../view/with-progress.js';
import { howOf, type Pacing } from './restart/pacing.js';
import type { SelectingOptions } from './stop.js';

/** Options of `pomelo-ts restart`. */
export interface RestartOptions extends SelectingOptions, Pacing {
  /** Have the code tried before anything is stopped. */
  readonly trial: boolean;
}

/** Restarts the servers named, or all of them, one of each type first; the master stays. */
export async function restart(options: RestartOptions, terminal: Terminal): Promise<number> {
  const how = howOf(options);
  if (typeof how === 'string') {
    terminal.err(how);
    return exitCodes.usage;
  }
  const master = await askedMaster(options);
  try {
    const { trial } = options;
    const rows = chosen(await listServers(master), options);
    const others = rows.filter(({ external }) => external).map(({ id }) => id);
    const steps = [...restartSteps(rows.filter(({ external }) => !external))];
    const { restarted } = await withProgress('restart', steps, terminal, (onProgress) =>
      master.client.operate('servers.restart', { ...selectionOf(options), trial, ...how }, onProgress),
    );
    terminal.out(`${count(restarted.length - others.length, 'server')} restarted`);
    if (others.length > 0)
      terminal.out(`asked to end, to be started again by whoever runs them: ${others.join(', ')}`);
    return exitCodes.fine;
  } finally {
    master.client.close();
  }
}
