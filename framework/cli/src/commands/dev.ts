import { loadClusterConfig } from '@pomelo-ts/cluster/config';
import { PomeloError } from '@pomelo-ts/common';
import { type Developer, loadDeveloper } from '../developer.js';
import { envOf, type GlobalOptions, gameRoot } from '../game.js';
import { findMaster } from '../operator.js';
import { isInFile, takeOwnKeys } from '../own-keys.js';
import { paintFor, type Terminal } from '../terminal.js';
import { LogLines } from '../view/log-lines.js';
import { DevSession } from './dev/dev-session.js';
import { WatchScript } from './dev/watch-script.js';
import { runMaster } from './start/run-master.js';
import { coreBootScript } from './start/scripts.js';

/**
 * Runs the cluster in the foreground and follows the sources: compiles them as they are saved, swaps the code of the servers
 * that it belongs to, and checks types beside it. Gives the exit code.
 */
export async function dev(options: GlobalOptions, terminal: Terminal): Promise<number> {
  const root = gameRoot(options.directory);
  const env = envOf(options);
  const tools = await loadDeveloper('dev');
  const running = await findMaster(root, options.env);
  if (running) {
    const { pid, host, port } = running.state;
    running.client.close();
    throw new PomeloError('ALREADY_RUNNING', { directory: root, pid, host, port });
  }
  const sources = new tools.AppSources(root);
  await compiled(sources, terminal);
  const config = loadClusterConfig({ root, env });
  const own = await takeOwnKeys({ root, env });
  const secret = { keys: own.keys.roots, rereadsSecret: isInFile(own), secretFrom: own.source };
  const lines = new LogLines(terminal, ['master', ...config.servers.map(({ id }) => id)]);
  const script = new WatchScript(root);
  let session: DevSession | undefined;
  const plan = { config, ...secret, selection: {}, bootScript: coreBootScript() };
  try {
    return await runMaster(
      {
        ...plan,
        show: (line) => lines.show(line),
        onStarted: (master, say) => {
          session = new DevSession({ root, env, master, sources, tools, say, paint: paintFor(terminal) });
          script.start(say);
          session.start();
        },
      },
      terminal,
    );
  } finally {
    script.stop();
    await session?.close();
  }
}

/** Waits until the sources compile: nothing could be started before. */
async function compiled(sources: InstanceType<Developer['AppSources']>, terminal: Terminal): Promise<void> {
  if (sources.compile().length === 0) return;
  let changed = (): void => {};
  const endWatching = await sources.watch(() => changed());
  const paint = paintFor(terminal);
  for (;;) {
    const change = new Promise<void>((resolve) => {
      changed = resolve;
    });
    // Compiled once it is watched, so that no change is missed in between.
    const problems = sources.compile();
    if (problems.length === 0) break;
    for (const problem of problems) terminal.err(`${paint('red', 'error')} ${problem}`);
    terminal.err('waiting for a change of the sources');
    await change;
  }
  await endWatching();
}
