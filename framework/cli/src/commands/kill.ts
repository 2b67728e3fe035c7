import { PomeloError } from '@pomelo-ts/common';
import { leftOnThisHost, masterLives, RuntimeFile } from '@pomelo-ts/master';
import { exitCodes } from '../failure.js';
import { type GlobalOptions, gameRoot } from '../game.js';
import { awaitEnd, requireEnv, requireMaster } from '../operator.js';
import type { Terminal } from '../terminal.js';
import { count } from '../view/units.js';

const patienceMs = 3000;

/**
 * Ends the servers named at once, through the master; without ids all processes of a cluster, by their pids: that needs neither the secret nor a master that answers. The
 * master goes first, as it would start the others again.
 */
export async function kill(
  options: GlobalOptions & { readonly ids: readonly string[] },
  terminal: Terminal,
): Promise<number> {
  if (options.ids.length > 0) return killSome(options, options.ids, terminal);
  const root = gameRoot(options.directory);
  const file = new RuntimeFile(root);
  const state = file.read();
  if (state && masterLives(state)) requireEnv(state, options.env);
  const master = state && masterLives(state) ? state.pid : undefined;
  if (master !== undefined) await end(`the master (pid ${master})`, master);
  const left = await leftOnThisHost(root); // only now: nobody starts another any more
  await Promise.all(left.map(({ id, pid }) => end(`${id} (pid ${pid})`, pid)));
  await leftOnThisHost(root); // forgets those that are gone now
  file.remove();
  if (master === undefined && left.length === 0) terminal.out('nothing runs');
  else terminal.out(`${count(left.length, 'server')}${master ? ' and the master' : ''} killed`);
  return exitCodes.fine;
}

/** Only the master knows which of them it shall not start again. */
async function killSome(options: GlobalOptions, ids: readonly string[], terminal: Terminal): Promise<number> {
  const master = await requireMaster(gameRoot(options.directory), options.env);
  try {
    const { killed } = (await master.client.request('kill', { ids })) as { killed: readonly string[] };
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
