import { RuntimeFile } from '@pomelo-ts/master';
import { exitCodes } from '../failure.js';
import { type GlobalOptions, gameRoot } from '../game.js';
import { awaitEnd, findMaster, leftServers } from '../operator.js';
import type { Terminal } from '../terminal.js';
import { count } from '../view/units.js';

const patienceMs = 3000;

/** Ends all processes of a cluster at once: through the master when it answers, by their pids when not. */
export async function kill(options: GlobalOptions, terminal: Terminal): Promise<number> {
  const root = gameRoot(options.directory);
  const left = leftServers(root);
  const master = await findMaster(root).catch(() => undefined);
  if (!master && left.length === 0) {
    terminal.out('nothing runs');
    return exitCodes.fine;
  }
  if (master) {
    master.client.request('kill').catch(() => {}); // its end is what counts
    if (!(await awaitEnd(master.state.pid, patienceMs))) process.kill(master.state.pid, 'SIGKILL');
    master.client.close();
  }
  for (const { pid } of leftServers(root)) process.kill(pid, 'SIGKILL');
  for (const { pid } of left) await awaitEnd(pid, patienceMs);
  new RuntimeFile(root).remove();
  terminal.out(`${count(left.length, 'server')}${master ? ' and the master' : ''} killed`);
  return exitCodes.fine;
}
