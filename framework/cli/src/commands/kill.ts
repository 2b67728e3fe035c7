import type { ClusterConfig } from '@pomelo-ts/cluster';
import { loadClusterConfig } from '@pomelo-ts/cluster/config';
import { PomeloError, reasonOf, silentLogger } from '@pomelo-ts/common';
import {
  endLeftOperations,
  type KilledElsewhere,
  killElsewhere,
  leftOnThisHost,
  masterLives,
  mastersWithoutFile,
  RuntimeFile,
} from '@pomelo-ts/master/internal';
import { type AskedOptions, askedMaster, hereAlone } from '../asked-master.js';
import { exitCodes } from '../failure.js';
import { envOf, gameRoot, requireOwnGame } from '../game.js';
import { unlessInterrupted } from '../interrupt.js';
import { awaitEnd, requireEnv } from '../operator.js';
import { hasSharedStore } from '../shared-store.js';
import type { Terminal } from '../terminal.js';
import { escapedLines } from '../view/escaped.js';
import { plainProgress } from '../view/plain-progress.js';
import { count } from '../view/units.js';
import { coreBootScript, hostAgentScript } from './start/scripts.js';

const patienceMs = 3000;
/** A supervisor may begin masters as fast as they are ended. */
const mostRounds = 20;

/**
 * Ends the servers named at once, through the master. Without ids ends all processes of a cluster on all hosts, by what their hosts
 * have written down: that needs neither the secret nor a master that answers. Masters go first, as they would start the others again.
 */
export async function kill(
  options: AskedOptions & { readonly ids: readonly string[] },
  terminal: Terminal,
): Promise<number> {
  if (options.ids.length > 0) return killSome(options, options.ids, terminal);
  if (options.master !== undefined) {
    terminal.err(`expected ids with --master: ${hereAlone('kill')}`);
    return exitCodes.usage;
  }
  const root = gameRoot(options.directory);
  requireOwnGame(root);
  const file = new RuntimeFile(root);
  const state = file.read();
  const lives = state !== undefined && masterLives(state, root);
  if (lives) requireEnv(state, options.env);
  const env = state?.env ?? envOf(options);
  const config = configOf(root, env, terminal);
  if (config && hasSharedStore(config)) await endStandbys(options, terminal);
  const masters = await endMasters(root, lives ? [state.pid] : []);
  const left = await leftOnThisHost(root); // only now: nobody starts another any more
  await Promise.all(left.map(({ id, pid }) => end(`${id} (pid ${pid})`, pid)));
  await leftOnThisHost(root); // forgets those that are gone now
  file.remove();
  await endLeftOperations(root, env).catch((error: unknown) =>
    terminal.err(
      `the next master may go on with operations that were under way: ${escapedLines(reasonOf(error))}`,
    ),
  );
  const { killed, unreached } = config ? await elsewhere(config) : nothingElsewhere;
  const servers = left.length + killed.length;
  if (masters === 0 && servers === 0 && unreached.size === 0) terminal.out('nothing runs');
  else terminal.out(`${count(servers, 'server')}${masters > 0 ? ' and the master' : ''} killed`);
  for (const [host, reason] of unreached)
    terminal.err(`what runs on ${host} was not killed: ${escapedLines(reason)}`);
  return unreached.size > 0 ? exitCodes.failure : exitCodes.fine;
}

/**
 * Ends all masters of this game here, also those that are about to begin: a command that starts one may do so just now. Gives how many
 * there were.
 */
async function endMasters(root: string, known: readonly number[]): Promise<number> {
  const ended = new Set<number>();
  let pids = [...new Set([...known, ...mastersWithoutFile(root)])];
  for (let round = 0; pids.length > 0 && round < mostRounds; round++) {
    for (const pid of pids) await end(`the master (pid ${pid})`, pid);
    for (const pid of pids) ended.add(pid);
    pids = [...mastersWithoutFile(root)]; // one of them may have begun another before its end
  }
  return ended.size;
}

const nothingElsewhere: KilledElsewhere = { killed: [], unreached: new Map() };

/** The configuration, which names the other hosts; without a valid one only this machine is cleared. */
function configOf(root: string, env: string, terminal: Terminal): ClusterConfig | undefined {
  try {
    return loadClusterConfig({ root, env });
  } catch (error) {
    terminal.err(
      `only this machine is looked at, as the other hosts are not known: ${escapedLines(reasonOf(error))}`,
    );
    return undefined;
  }
}

function elsewhere(config: ClusterConfig): Promise<KilledElsewhere> {
  return killElsewhere(config.servers, {
    config: () => config,
    bootScript: coreBootScript(),
    agentScript: hostAgentScript(),
    buildId: undefined, // what runs is killed, whatever it is
    logger: silentLogger,
  });
}

/** Masters that stand by would take over what is killed: the one that leads can tell them to end. */
async function endStandbys(options: AskedOptions, terminal: Terminal): Promise<void> {
  try {
    const { client } = await askedMaster(options);
    await client.operate('cluster.kill', {}).finally(() => client.close());
  } catch (error) {
    terminal.err(
      `masters that stand by may start servers again, as none that leads was told: ${escapedLines(reasonOf(error))}`,
    );
  }
}

/** Only the master knows which of them it shall not start again. */
async function killSome(options: AskedOptions, ids: readonly string[], terminal: Terminal): Promise<number> {
  const master = await askedMaster(options);
  try {
    const view = plainProgress(terminal);
    const { killed } = await unlessInterrupted(
      'kill',
      (onProgress) => master.client.operate('servers.kill', { ids }, onProgress),
      view.onProgress,
    );
    terminal.out(killed.length > 0 ? `${count(killed.length, 'server')} killed` : 'none of them runs');
    return exitCodes.fine;
  } finally {
    master.client.close();
  }
}

/** @throws KILL_FAILED */
async function end(name: string, pid: number): Promise<void> {
  let reason = `it lives on after ${patienceMs} ms`;
  try {
    process.kill(pid, 'SIGKILL');
    if (await awaitEnd(pid, patienceMs)) return;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ESRCH') return; // it has ended meanwhile
    reason = message;
  }
  throw new PomeloError('KILL_FAILED', { name, reason });
}
