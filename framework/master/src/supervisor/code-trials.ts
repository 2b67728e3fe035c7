import type { LinkHub } from '@pomelo-ts/cluster';
import { PomeloError, reasonOf } from '@pomelo-ts/common';
import { readTrial, type TrialAnswer } from '../server-answers.js';
import type { OnProgress } from './progress.js';
import type { ServerRecord } from './server-record.js';

/** How long a server may take to have its code tried, and more until its answer counts as lost, in ms. */
const trialMs = 20_000;
const answerMs = 5000;
/** Trials at a time: each is a process. */
const together = 3;

/** A server whose code is to be tried: its record, and the arguments of Node that its next process gets. */
export interface Tried {
  readonly record: ServerRecord;
  readonly args: readonly string[];
}

/**
 * Has servers that run try the code that their next processes are going to load, each in a process of its own on its host: one
 * server of each type, host and arguments. One that does not run, or that the master hears
 * nothing of, is no loss.
 *
 * @throws RESTART_REFUSED when the code of one does not load
 */
export async function tryCode(
  servers: readonly Tried[],
  hub: LinkHub,
  onProgress: OnProgress,
): Promise<void> {
  const able = servers.filter(({ record }) => record.state === 'ready' && record.lostAt === undefined);
  const waiting = [...onePerKind(able)];
  const broken: PomeloError[] = [];
  const work = async () => {
    for (let next = waiting.shift(); next && broken.length === 0; next = waiting.shift()) {
      const { id: serverId } = next.record;
      const answer = await ask(next, hub);
      if (answer.verdict === 'broken')
        broken.push(new PomeloError('RESTART_REFUSED', { serverId, reason: answer.reason }));
      else if (answer.verdict === 'untried')
        onProgress({ kind: 'warning', text: `the new code was not tried on ${serverId}: ${answer.reason}` });
    }
  };
  await Promise.all(Array.from({ length: together }, work));
  if (broken[0]) throw broken[0];
}

function onePerKind(servers: readonly Tried[]): Iterable<Tried> {
  const kinds = new Map<string, Tried>();
  for (const tried of servers) {
    const { type, host } = tried.record.running;
    const kind = JSON.stringify([type, host, tried.args]);
    if (!kinds.has(kind)) kinds.set(kind, tried);
  }
  return kinds.values();
}

async function ask({ record: { id }, args }: Tried, hub: LinkHub): Promise<TrialAnswer> {
  const asked = { args, timeoutMs: trialMs };
  try {
    return await hub.ask(id, 'try the code', asked, trialMs + answerMs, readTrial);
  } catch (error) {
    return { verdict: 'untried', reason: reasonOf(error) };
  }
}
