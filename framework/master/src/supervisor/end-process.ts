import type { LinkHub } from '@pomelo-ts/cluster';
import type { Clock } from '@pomelo-ts/common';
import type { ServerRecord } from './server-record.js';

/** Part of the time to stop after which a server that was asked over its link also gets SIGTERM. */
const askedShare = 0.6;

/**
 * Stops a server's process: asks over the link, then SIGTERM, and SIGKILL when `deadlineMs` is over.
 * Resolves when it has ended; true when it had to be killed.
 */
export async function endProcess(
  record: ServerRecord,
  hub: LinkHub,
  deadlineMs: number,
  clock: Clock,
): Promise<boolean> {
  const { process } = record;
  if (!process) return false;
  let killed = false;
  const cancels = [
    clock.after(deadlineMs * askedShare, () => process.kill('SIGTERM')),
    clock.after(deadlineMs, () => {
      killed = true;
      process.kill('SIGKILL');
    }),
  ];
  if (!hub.stop(record.id, deadlineMs)) process.kill('SIGTERM');
  await process.exited;
  for (const cancel of cancels) cancel();
  return killed;
}
