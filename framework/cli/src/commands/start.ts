import { loadClusterConfig } from '@pomelo-ts/cluster/config';
import { withoutSecrets } from '@pomelo-ts/cluster/internal';
import { isPomeloError, PomeloError } from '@pomelo-ts/common';
import type { Selection } from '@pomelo-ts/master';
import { exitCodes } from '../failure.js';
import { envOf, type GlobalOptions, gameRoot } from '../game.js';
import { masterOnThisHost } from '../master-state.js';
import { findMaster, listServers, type RunningMaster } from '../operator.js';
import { isInFile, takeOwnKeys } from '../own-keys.js';
import { chosen, selectionOf } from '../selection.js';
import { paintFor, type Terminal } from '../terminal.js';
import { startSummary } from '../view/start-summary.js';
import { startSteps } from '../view/steps.js';
import { withProgress } from '../view/with-progress.js';
import { Daemon } from './start/daemon.js';
import { runMaster } from './start/run-master.js';
import { runSingle } from './start/run-single.js';
import { coreBootScript } from './start/scripts.js';
import type { StartPlan } from './start/start-plan.js';

/** Options of `pomelo-ts start`. */
export interface StartOptions extends GlobalOptions {
  readonly types: readonly string[];
  readonly ids: readonly string[];
  readonly daemon: boolean;
  readonly single: boolean;
  /** Script that server processes run. @default that of @pomelo-ts/core */
  readonly bootScript: string | undefined;
}

/** Starts a cluster, or what is missing of one that runs. Gives the exit code. */
export async function start(options: StartOptions, terminal: Terminal): Promise<number> {
  const root = gameRoot(options.directory);
  const selection = { ids: options.ids, types: options.types };
  const running = await findMaster(root, options.env, { before: true });
  if (running) return startMissing(running, root, selection, terminal);
  const env = envOf(options);
  if (options.single) {
    withoutSecrets(process.env); // nothing leaves that process, so it needs none
    return runSingle(loadClusterConfig({ root, env }), terminal);
  }
  const making = takeOwnKeys({ root, env }); // another thread makes them, while this one reads the configuration
  making.catch(() => {}); // what is wrong with the configuration is told first
  const daemon = options.daemon ? Daemon.begin(root, terminal) : undefined; // it loads its code meanwhile
  try {
    const config = loadClusterConfig({ root, env });
    const bootScript = options.bootScript ?? coreBootScript();
    const own = await making;
    const { verbose } = options;
    const secret = { keys: own.keys.roots, rereadsSecret: isInFile(own), secretFrom: own.source };
    const plan: StartPlan = { config, ...secret, selection, bootScript, verbose };
    return await (daemon ? daemon.run(plan, terminal) : runMaster(plan, terminal));
  } catch (error) {
    throw otherStart(error, root);
  } finally {
    await daemon?.leave();
  }
}

/** Of two starts at once one finds the port taken, by the other. */
function otherStart(error: unknown, root: string): unknown {
  const cause = isPomeloError(error, 'DAEMON_FAILED') ? (error.cause as { code?: string }) : error;
  if ((cause as { code?: string })?.code !== 'PORT_IN_USE') return error;
  const other = masterOnThisHost(root);
  return other ? new PomeloError('START_UNDER_WAY', { directory: root, pid: other.pid }) : error;
}

async function startMissing(
  master: RunningMaster,
  root: string,
  selection: Selection,
  terminal: Terminal,
): Promise<number> {
  const begun = performance.now();
  const { client, state } = master;
  const { pid, host, port, env } = state;
  try {
    const missing = chosen(await listServers(master), selection).filter(
      ({ pid, external }) => pid === undefined && !external,
    );
    const { started } = await withProgress('start', startSteps(missing), terminal, (onProgress) =>
      client.operate('servers.start', selectionOf(selection), onProgress),
    );
    if (started.length === 0) throw runsAlready(selection, { directory: root, pid, host, port });
    const rows = (await listServers(master)).filter(({ id }) => started.includes(id));
    terminal.out(startSummary(rows, { env, ms: performance.now() - begun }, paintFor(terminal)));
    terminal.out(`started by the master that runs here already (pid ${pid}); pomelo-ts stop ends all`);
    return exitCodes.fine;
  } finally {
    client.close();
  }
}

/** Says of servers that were named that they run, and else that the master does. */
function runsAlready({ ids = [], types = [] }: Selection, master: MasterFacts): PomeloError {
  const named = [...ids, ...types];
  if (named.length === 0) return new PomeloError('ALREADY_RUNNING', master);
  const run = ids.length === 1 && types.length === 0 ? 'runs' : 'run';
  return new PomeloError('SERVERS_RUN', { servers: named.join(', '), run, ...master });
}

interface MasterFacts {
  readonly directory: string;
  readonly pid: number;
  readonly host: string;
  readonly port: number;
}
