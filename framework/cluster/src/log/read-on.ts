import type { FileHandle } from 'node:fs/promises';
import { Pace } from '@pomelo-ts/common/internal';
import { handedOut } from './around.js';
import { bytesAt, type Line, linesOf, positionAt } from './file-lines.js';
import type { LineMatcher } from './log-filter.js';
import { type LogPart, partBytes, partLines } from './log-part.js';

/** What lines are read for. */
export interface Wanted {
  readonly matches: LineMatcher;
  /** Lines before and after each one that matches. */
  readonly around: number;
  /** Whether lines are marked. */
  readonly marked: boolean;
  /** Longest work for one part, in ms; whoever asks waits for twice that, as it rests in between. */
  readonly mostMs: number;
}

/** Most bytes before a place in which the lines around are looked for. */
const aroundBytes = 64 * 1024;

/** The place from which is read on. */
export interface Begin {
  readonly size: number;
  readonly offset: number;
  /** Whether what is before was read with the same filter. */
  readonly told: boolean;
}

/** A part of a log from a place on. */
export async function readOn(file: FileHandle, begin: Begin, wanted: Wanted | undefined): Promise<LogPart> {
  const { size, offset } = begin;
  const bytes = await bytesAt(file, offset, Math.min(partBytes, size - offset));
  const lines = linesOf(bytes).slice(0, partLines);
  // One line that is longer than a part is handed out in pieces.
  if (lines.length === 0 && bytes.length === partBytes)
    lines.push({ text: bytes.toString('utf8'), begin: 0, end: partBytes });
  const { part, length } = wanted ? await chosen(file, begin, lines, wanted) : allOf(lines);
  const next = offset + length;
  const isCut = offset + bytes.length < size || bytes.indexOf(10, length) >= 0;
  return { ...part, next: await positionAt(file, next), more: length > 0 && isCut };
}

/** What a part has of its lines, and how many bytes it is about. */
interface Some {
  readonly part: Pick<LogPart, 'lines' | 'marks'>;
  readonly length: number;
}

const allOf = (lines: readonly Line[]): Some => ({
  part: { lines: lines.map(({ text }) => text) },
  length: lines.at(-1)?.end ?? 0,
});

async function chosen(
  file: FileHandle,
  { offset, told }: Begin,
  lines: readonly Line[],
  wanted: Wanted,
): Promise<Some> {
  const { matches, around, marked, mostMs } = wanted;
  const former = around > 0 ? await linesBefore(file, offset, told ? 2 * around + 1 : around) : [];
  const turn = { pace: new Pace(), mostMs, gaveUp: false };
  const texts = [...former, ...lines.map(({ text }) => text)];
  const judged: boolean[] = [];
  for (const text of texts) {
    const isFirst = judged.length <= former.length;
    if (!isFirst && turn.pace.workedMs > mostMs) break; // the others are for the next part
    if (turn.pace.due) await turn.pace.rest();
    turn.gaveUp = false;
    const isWanted = await matches(text, turn);
    if (turn.gaveUp && !isFirst) break;
    judged.push(isWanted);
  }
  const handed = handedOut({ wanted: judged, around, from: former.length, told });
  const marks = marked ? { marks: handed.map(({ mark }) => mark).join('') } : {};
  const length = lines[judged.length - former.length - 1]?.end ?? 0;
  return { part: { lines: handed.map(({ at }) => texts[at]!), ...marks }, length };
}

/** The last lines before a place, as far as they are whole. */
async function linesBefore(file: FileHandle, offset: number, count: number): Promise<string[]> {
  const begin = Math.max(0, offset - aroundBytes);
  const bytes = await bytesAt(file, begin, offset - begin);
  const whole = begin === 0 ? bytes : bytes.subarray(bytes.indexOf(10) + 1);
  return linesOf(whole)
    .slice(-count)
    .map(({ text }) => text);
}
