import { type GlobalOptions, gameRoot } from './game.js';
import type { MasterClient } from './master-client.js';
import { type RunningMaster, requireMaster } from './operator.js';
import type { RemoteSession } from './remote-master.js';

/** Options of commands that only ask a master, which may be anywhere. */
export interface AskedOptions extends GlobalOptions {
  /** The address of an admin; the master of the game in `directory` without one. */
  readonly master?: string | undefined;
  readonly tokenFile?: string | undefined;
}

/** Why a command that ends a whole cluster is not asked for from elsewhere. */
export const hereAlone = (command: string): string =>
  `what ends a whole cluster is told on a host of its masters (pomelo-ts ${command} there)`;

/** A master that is asked, and the environment that it is of. */
export interface AskedMaster {
  readonly client: MasterClient;
  readonly env: string;
  /** What a key may ask for; undefined on a host of the master, where all may be asked for. */
  readonly permit?: RemoteSession['permit'];
  /** Set where it is that of the game in this machine's folder, and not one that was asked over its admin. */
  readonly own?: RunningMaster;
}

/** Connects to the master that options name. @throws as `requireMaster` and {@link RemoteMaster} */
export async function askedMaster({ master, tokenFile, directory, env }: AskedOptions): Promise<AskedMaster> {
  if (master === undefined) {
    const own = await requireMaster(gameRoot(directory), env);
    return { client: own.client, env: own.state.env, own };
  }
  const { RemoteMaster } = await import('./remote-master.js');
  const client = new RemoteMaster({ url: master, tokenFile });
  return { client, ...(await client.session()) };
}

/** Works with the master that options name, and leaves it. @throws as {@link askedMaster} */
export async function withMaster<T>(
  options: AskedOptions,
  work: (master: AskedMaster) => Promise<T>,
): Promise<T> {
  const master = await askedMaster(options);
  try {
    return await work(master);
  } finally {
    master.client.close();
  }
}
