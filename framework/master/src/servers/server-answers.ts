import type { OwnFacts } from '@pomelo-ts/cluster/internal';
import type { LogPart } from '@pomelo-ts/cluster/masters';
import { marksOf, numberOf, objectOf, textOf } from '../hosts/said.js';
import type { ReloadRow } from './reload.js';
import type { LogAnswer } from './server-logs.js';

/*
 * What servers answer to the master is read field by field: a process may have been taken over, and the answer of one must
 * neither end a command that asks many nor be shown as what it is not. Each throws on what makes no sense.
 */

const longestText = 10_000;
/** Most lines of a log and most files in one answer. */
const mostTexts = 100_000;

export function readFacts(answer: unknown): OwnFacts {
  const { time, node, hostname, openFiles } = objectOf(answer);
  return {
    time: numberOf(time),
    node: textOf(node).slice(0, 100),
    hostname: textOf(hostname).slice(0, 255),
    ...(openFiles !== undefined && { openFiles: numberOf(openFiles) }),
  };
}

export function readLogAnswer(answer: unknown): LogAnswer {
  const { missing, lines, marks, next, more } = objectOf(answer);
  if (missing !== undefined) return { missing: textOf(missing) };
  const { offset, before } = objectOf(next);
  const texts = textsOf(lines);
  const part: LogPart = {
    lines: texts,
    ...(marks !== undefined && { marks: marksOf(marks, texts.length) }),
    next: { offset: numberOf(offset), before: textOf(before) },
    more: more === true,
  };
  return part;
}

const contracts = [
  'unknown',
  'same',
  'compatible',
  'broken',
] as const satisfies readonly ReloadRow['contract'][];

export function readReload(answer: unknown): Omit<ReloadRow, 'id'> {
  const { swapped, removed, needRestart, contract } = objectOf(answer);
  const known = contracts.find((one) => one === contract);
  if (known === undefined) throw new Error('expected what became of the contract');
  return {
    swapped: textsOf(swapped),
    removed: textsOf(removed),
    needRestart: textsOf(needRestart),
    contract: known,
  };
}

/** What a server answers that has tried the code on its host. */
export type TrialAnswer =
  | { readonly verdict: 'fine' }
  | { readonly verdict: 'broken' | 'untried'; readonly reason: string };

export function readTrial(answer: unknown): TrialAnswer {
  const { verdict, reason } = objectOf(answer);
  if (verdict === 'fine') return { verdict };
  if (verdict !== 'broken' && verdict !== 'untried') throw new Error('expected a verdict');
  return { verdict, reason: textOf(reason).slice(0, longestText) };
}

export function readCounters(answer: unknown): Readonly<Record<string, number>> {
  const counts = Object.entries(objectOf(answer)).filter(([, count]) => Number.isFinite(count));
  return Object.fromEntries(counts) as Record<string, number>;
}

/** For what only has to be answered. */
export const readNothing = (): void => {};

function textsOf(value: unknown): readonly string[] {
  if (!Array.isArray(value) || value.length > mostTexts) throw new Error('expected a list of texts');
  return value.map((one) => textOf(one).slice(0, longestText));
}
