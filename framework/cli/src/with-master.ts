import { type GlobalOptions, gameRoot } from './game.js';
import { type RunningMaster, requireMaster } from './operator.js';

/** Works with the master of a game, and leaves it. @throws as `requireMaster` */
export async function withMaster<T>(
  options: GlobalOptions,
  work: (master: RunningMaster) => Promise<T>,
): Promise<T> {
  const master = await requireMaster(gameRoot(options.directory), options.env);
  try {
    return await work(master);
  } finally {
    master.client.close();
  }
}
