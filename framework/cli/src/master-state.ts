import { portHolder } from '@pomelo-ts/common/internal';
import { masterLives, mastersWithoutFile, RuntimeFile, type RuntimeState } from '@pomelo-ts/master';

/** What is known of the master of this machine that runs for a game. */
export interface FoundMaster {
  readonly pid: number;
  /** Undefined while it does not listen, as when it is about to start. */
  readonly state: RuntimeState | undefined;
}

/** Finds the master of this machine that runs for the game at `root`: by its file, and where that could not be written by its process. */
export async function masterOnThisHost(root: string, env: string): Promise<FoundMaster | undefined> {
  const written = new RuntimeFile(root).read();
  if (written && masterLives(written)) return { pid: written.pid, state: written };
  const pids = mastersWithoutFile(root);
  const [first] = pids;
  if (first === undefined) return undefined;
  for (const { host, port } of await placesOf(root, env)) {
    const pid = portHolder(port)?.pid;
    if (pid !== undefined && pids.includes(pid)) return { pid, state: { pid, host, port, env } };
  }
  return { pid: first, state: undefined };
}

/** Where a master may listen, as the configuration says; one that cannot be read says nothing. */
async function placesOf(root: string, env: string) {
  const { loadClusterConfig } = await import('@pomelo-ts/cluster/config'); // heavy, and only needed here
  try {
    const { master } = loadClusterConfig({ root, env });
    return [{ host: master.host, port: master.port }, ...master.masters];
  } catch {
    return [];
  }
}
