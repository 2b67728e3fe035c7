import type { LinkHub } from '@pomelo-ts/cluster/masters';
import type { Clock } from '@pomelo-ts/common';
import type { ServerProcess } from '../processes/server-process.js';
import type { OnServerProgress } from './server-progress.js';
import type { ServerRecord } from './server-record.js';

/** Part of the time to stop after which a server that was asked over its link also gets SIGTERM. */
const askedShare = 0.6;
/** Most that a server is given which never was ready: it has no clients to tell, and may hang in its own start. */
const unreadyMs = 1000;

/** What came of the end of a process. */
export type Ending =
  | { readonly state: 'stopped' | 'killed' }
  | { readonly state: 'unreached'; readonly reason: string };

/**
 * Stops a server's process: asks over the link, then SIGTERM, and SIGKILL when `deadlineMs` is over. One that never was
 * ready gets SIGTERM at once and a second at most.
 * Resolves when it has ended, or when nobody can tell as its host cannot be reached. Somebody else may have killed it meanwhile.
 */
export async function endProcess(
  record: ServerRecord,
  hub: LinkHub,
  deadlineMs: number,
  clock: Clock,
): Promise<Ending> {
  const { process, wasReady } = record;
  if (!process) return { state: 'stopped' };
  const limitMs = wasReady ? deadlineMs : Math.min(unreadyMs, deadlineMs);
  const cancels = [clock.after(limitMs, () => process.kill('SIGKILL'))];
  const asked = hub.stop(record.id, limitMs);
  if (asked && wasReady) cancels.push(clock.after(limitMs * askedShare, () => process.kill('SIGTERM')));
  else process.kill('SIGTERM');
  const { signal, unreached, reason = '' } = await process.exited;
  for (const cancel of cancels) cancel();
  if (unreached) return { state: 'unreached', reason };
  return { state: signal === 'SIGKILL' ? 'killed' : 'stopped' };
}

/** Whether a process that was told to end has surely done so; an operator is warned of one on a host that cannot be reached. */
export async function warnOfUnreached(
  id: string,
  process: ServerProcess | undefined,
  onProgress: OnServerProgress,
): Promise<boolean> {
  const { unreached = false, reason } = (await process?.exited) ?? {};
  if (unreached) onProgress({ kind: 'warning', text: `${id} may still run: ${reason}` });
  return !unreached;
}
