import type { LinkHub } from '@pomelo-ts/cluster/masters';
import { PomeloError, reasonOf } from '@pomelo-ts/common';
import type { OnProgress } from '../long-operations/progress.js';
import type { ServerRecord } from '../supervisor/server-record.js';
import { readTrial, type TrialAnswer } from './server-answers.js';

/** How long a server may take to have its code tried, and more until its answer counts as lost, in ms. */
const trialMs = 20_000;
const answerMs = 5000;
/** Trials at a time: each is a process. */
const together = 3;
/** Servers that are asked to try the same code, one after the other, until one can tell. */
const attempts = 3;

/** A server whose code is to be tried: its record, and the arguments of Node that its next process gets. */
export interface Tried {
  readonly record: ServerRecord;
  readonly args: readonly string[];
}

/**
 * Has servers that run try the code that their next processes are going to load, each in a process of its own on its host: one
 * server of each type, host and arguments; where it cannot, another of them. One that does not run, or that the master hears
 * nothing of, is no loss.
 *
 * @throws RESTART_REFUSED when the code of one does not load
 */
export async function tryCode(
  servers: readonly Tried[],
  hub: LinkHub,
  onProgress: OnProgress,
): Promise<void> {
  const able = servers.filter(isAble);
  const waiting = kindsOf(able);
  const broken: PomeloError[] = [];
  const work = async () => {
    for (let next = waiting.shift(); next && broken.length === 0; next = waiting.shift()) {
      const { serverId, answer } = await askOneOf(next, hub);
      if (answer.verdict === 'broken')
        broken.push(new PomeloError('RESTART_REFUSED', { serverId, reason: answer.reason }));
      else if (answer.verdict === 'untried')
        onProgress({ kind: 'warning', text: `the new code was not tried on ${serverId}: ${answer.reason}` });
    }
  };
  await Promise.all(Array.from({ length: together }, work));
  if (broken[0]) throw broken[0];
}

const isAble = ({ record }: Tried) => record.state === 'ready' && record.lostAt === undefined;

/** Servers that are to run the same code in the same way. */
function kindsOf(servers: readonly Tried[]): Tried[][] {
  const kinds = new Map<string, Tried[]>();
  for (const tried of servers) {
    const { type, host } = tried.record.running;
    const kind = JSON.stringify([type, host, tried.args]);
    const others = kinds.get(kind);
    if (others) others.push(tried);
    else kinds.set(kind, [tried]);
  }
  return [...kinds.values()];
}

/** Has the first of these try it that can tell what comes of it: others may have ended meanwhile, or have no room for a process. */
async function askOneOf(
  [first, ...others]: readonly Tried[],
  hub: LinkHub,
): Promise<{ readonly serverId: string; readonly answer: TrialAnswer }> {
  let asked = first!;
  let answer = await ask(asked, hub);
  for (let left = attempts - 1; left > 0 && answer.verdict === 'untried'; left--) {
    const next = others.find(isAble);
    if (!next) break;
    others.splice(0, others.indexOf(next) + 1);
    asked = next;
    answer = await ask(asked, hub);
  }
  return { serverId: asked.record.id, answer };
}

async function ask({ record: { id }, args }: Tried, hub: LinkHub): Promise<TrialAnswer> {
  const asked = { args, timeoutMs: trialMs };
  try {
    return await hub.ask(id, 'try the code', asked, trialMs + answerMs, readTrial);
  } catch (error) {
    return { verdict: 'untried', reason: reasonOf(error) };
  }
}
