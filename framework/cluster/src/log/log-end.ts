import type { FileHandle } from 'node:fs/promises';
import { Pace } from '@pomelo-ts/common/internal';
import { bytesAt, type Line, linesOf, positionAt } from './file-lines.js';
import { type LogPart, partBytes, partLines } from './log-part.js';
import type { Wanted } from './read-on.js';

/** Most bytes in which last lines are looked for. */
const tailBytes = 4 * 1024 * 1024;

/** Where the last lines begin. */
export async function beginOfLast(file: FileHandle, size: number, count: number): Promise<number> {
  let from = size;
  let bytes = Buffer.alloc(0);
  while (from > 0 && size - from < tailBytes && lineEndsIn(bytes) <= count) {
    const begin = Math.max(0, from - partBytes);
    bytes = Buffer.concat([await bytesAt(file, begin, from - begin), bytes]);
    from = begin;
  }
  let begin = bytes.lastIndexOf(10) + 1;
  for (let left = count; left > 0 && begin > 0; left--) {
    const before = begin > 1 ? bytes.lastIndexOf(10, begin - 2) + 1 : 0;
    if (before === 0 && from > 0) break; // the first one may have been cut
    begin = before;
  }
  return from + begin;
}

/** The last lines that match: as a part, where they are not too many for one; and the place where they begin. */
export interface LastMatches {
  readonly part?: LogPart;
  readonly begin: number;
}

/** Looks through the end from behind, until so many lines are found, with rests for whoever this process is for. */
export async function lastMatches(
  file: FileHandle,
  size: number,
  count: number,
  wanted: Wanted,
): Promise<LastMatches> {
  const pace = new Pace();
  const found: string[][] = [];
  let [from, left, length] = [size, count, 0];
  let [end, rest, begin] = [-1, Buffer.alloc(0), size]; // where the last whole line ends, and what belongs to lines of the part before
  while (from > 0 && size - from < tailBytes && (end < 0 || (left > 0 && pace.workedMs < wanted.mostMs))) {
    const read = await bytesAt(file, Math.max(0, from - partBytes), Math.min(partBytes, from));
    let bytes = Buffer.concat([read, rest]);
    from -= read.length;
    if (end < 0 && bytes.includes(10)) {
      end = from + bytes.lastIndexOf(10) + 1;
      bytes = bytes.subarray(0, end - from);
    }
    const whole = end < 0 ? bytes.length : from === 0 ? 0 : bytes.indexOf(10) + 1; // the first one may have been cut
    const here = await lastOf(linesOf(bytes.subarray(whole)), left, wanted, pace);
    found.unshift(here.map(({ text }) => text));
    left -= here.length;
    length += here.reduce((sum, one) => sum + one.end - one.begin, 0);
    if (here[0]) begin = from + whole + here[0].begin;
    rest = bytes.subarray(0, whole);
  }
  if (count - left > partLines || length > partBytes) return { begin };
  const next = await positionAt(file, end < 0 ? from : end);
  return { begin, part: { lines: found.flat(), next, more: false } };
}

/** The last ones that match, in their order; those that would take too long are not looked at. */
async function lastOf(
  lines: readonly Line[],
  count: number,
  { matches, mostMs }: Wanted,
  pace: Pace,
): Promise<Line[]> {
  const found: Line[] = [];
  const turn = { pace, mostMs, gaveUp: false };
  for (let n = lines.length - 1; n >= 0 && found.length < count; n--) {
    if (pace.due) {
      await pace.rest();
      if (pace.workedMs > mostMs) break;
    }
    if (await matches(lines[n]!.text, turn)) found.push(lines[n]!);
    if (turn.gaveUp) break;
  }
  return found.reverse();
}

function lineEndsIn(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++;
  return count;
}
