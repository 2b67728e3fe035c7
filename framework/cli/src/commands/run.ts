import { loadClusterConfig } from '@pomelo-ts/cluster/config';
import { newBootId } from '@pomelo-ts/common';
import { dialable, hostPort } from '@pomelo-ts/common/internal';
import { buildIdOf } from '@pomelo-ts/master';
import { exitCodes } from '../failure.js';
import { envOf, type GlobalOptions, gameRoot, requireOwnGame } from '../game.js';
import { takeOwnKeys } from '../own-keys.js';
import type { Terminal } from '../terminal.js';
import { claimServer, returnClaim } from './run/claim-server.js';
import { ServerChild } from './run/server-child.js';
import { coreBootScript } from './start/scripts.js';
import { onStopSignals } from './start/signals.js';

/** Options of `pomelo-ts run`; one of `server` and `type` is there. */
export interface RunOptions extends GlobalOptions {
  readonly server: string | undefined;
  readonly type: string | undefined;
  /** Script that the server's process runs. @default that of @pomelo-ts/core */
  readonly bootScript: string | undefined;
}

/**
 * Runs one server until it ends or this process is told to stop, and gives its exit code. Waits for a master that lets it be
 * that server; when that master goes away later, the server plays on and the next one takes it over.
 */
export async function run(options: RunOptions, terminal: Terminal): Promise<number> {
  const root = gameRoot(options.directory);
  requireOwnGame(root);
  const env = envOf(options);
  const config = loadClusterConfig({ root, env });
  const { keys } = await takeOwnKeys({ root, env, create: false });
  const told = new AbortController();
  const child = new ServerChild();
  const release = onStopSignals({
    first: () => {
      told.abort();
      child.stop();
    },
    second: () => {
      if (!child.kill()) process.exit(exitCodes.interrupted);
    },
  });
  const bootId = newBootId();
  const { server: id, type } = options;
  const say = (line: string) => terminal.out(line);
  try {
    const masters = config.master.masters.map(({ host, port }) => ({ host: dialable(host), port }));
    const wish = { ...(id !== undefined && { id }), ...(type !== undefined && { type }), bootId };
    const places = masters.map(({ host, port }) => hostPort(host, port)).join(' or ');
    say(`waits for a master at ${places} to let it be ${id ?? `a server of type ${type}`}`);
    const granted = await claimServer({
      masters,
      keys,
      wish,
      say,
      signal: told.signal,
    });
    if (granted === undefined) return exitCodes.fine; // told to stop before it could begin
    try {
      if (told.signal.aborted) return exitCodes.fine;
      const { entry, master } = granted;
      const bootScript = options.bootScript ?? coreBootScript();
      const others = masters.filter((one) => one !== master);
      const facts = {
        id: entry.id,
        bootId,
        masters: [master, ...others],
        keys: keys.ofServer(entry.id),
        buildId: buildIdOf(root),
        root,
      };
      return await child.run(entry, bootScript, { ...facts, exitWithParent: true, external: true });
    } finally {
      await returnClaim(granted, bootId, keys);
    }
  } finally {
    release();
  }
}
