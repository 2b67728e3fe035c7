import { type GlobalOptions, gameRoot } from './game.js';
import type { MasterClient } from './master-client.js';
import { requireMaster } from './operator.js';

/** Options of commands that can ask a master elsewhere. */
export interface AskedOptions extends Pick<GlobalOptions, 'directory' | 'env'> {
  /** The address of an admin; the master of the game without one. */
  readonly master: string | undefined;
  readonly tokenFile: string | undefined;
}

/** A master that is asked, and the environment that it is of. */
export interface AskedMaster {
  readonly client: MasterClient;
  readonly env: string;
}

/** Connects to the master that options name. @throws as `requireMaster` and {@link RemoteMaster} */
export async function askedMaster({ master, tokenFile, directory, env }: AskedOptions): Promise<AskedMaster> {
  if (master === undefined) {
    const { client, state } = await requireMaster(gameRoot(directory), env);
    return { client, env: state.env };
  }
  const { RemoteMaster } = await import('./remote-master.js');
  const client = new RemoteMaster({ url: master, tokenFile });
  return { client, env: await client.env() };
}
