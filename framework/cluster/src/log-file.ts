import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { type LogFilter, lineMatcher } from './log-filter.js';

/** A place in a log that is found again after the file was rotated: how far it is, and the bytes just before it. */
export interface LogPosition {
  readonly offset: number;
  /** Base64. */
  readonly before: string;
}

/** The begin of a log. */
export const logStart: LogPosition = { offset: 0, before: '' };

/** What to read: the last lines (of the last 4 MiB), or what comes after a place; of these, those that a filter lets through. */
export type LogRequest = ({ readonly lines: number } | { readonly after: LogPosition }) & {
  readonly filter?: LogFilter;
};

/** Whole lines of a log. */
export interface LogPart {
  readonly lines: readonly string[];
  /** Where to read on. */
  readonly next: LogPosition;
  /** Whether there is more to be read now. */
  readonly more: boolean;
}

/** Most bytes of one part. */
const partBytes = 256 * 1024;
/** Most bytes in which last lines are looked for: they travel as one frame. */
const tailBytes = 4 * 1024 * 1024;
/** How many bytes before a place tell that it is the same one. */
const markBytes = 64;

/**
 * Reads a part of the log at `path`. When it was rotated since `after`, by moving or by copying and cutting, the rest of the
 * old one is read from `<path>.1`, as far as it is there, and then the new one from its begin.
 *
 * @throws the error of opening it, such as ENOENT
 */
export async function readLog(path: string, request: LogRequest): Promise<LogPart> {
  const matches = request.filter && lineMatcher(request.filter);
  if ('lines' in request) return readEnd(path, request.lines, matches);
  const part = await readAfter(path, request.after);
  return matches ? { ...part, lines: part.lines.filter(matches) } : part;
}

async function readEnd(path: string, count: number, matches: Matches | undefined): Promise<LogPart> {
  await using file = await open(path, 'r');
  const { size } = await file.stat();
  return await (matches ? lastMatches(file, size, count, matches) : lastLines(file, size, count));
}

async function readAfter(path: string, after: LogPosition): Promise<LogPart> {
  await using file = await open(path, 'r');
  const { size } = await file.stat();
  if (await isAt(file, size, after)) return await readOn(file, size, after.offset);
  const rest = await restOfOld(`${path}.1`, after);
  if (rest && (rest.more || rest.lines.length > 0))
    return rest.more ? rest : { ...rest, next: logStart, more: true };
  return await readOn(file, size, 0);
}

type Matches = (line: string) => boolean;

async function restOfOld(path: string, after: LogPosition): Promise<LogPart | undefined> {
  try {
    await using file = await open(path, 'r');
    const { size } = await file.stat();
    return (await isAt(file, size, after)) ? await readOn(file, size, after.offset) : undefined;
  } catch {
    return undefined; // nobody keeps old logs here
  }
}

/** Whether this file has at that place what was there. */
async function isAt(file: FileHandle, size: number, { offset, before }: LogPosition): Promise<boolean> {
  if (offset > size) return false;
  const expected = Buffer.from(before, 'base64');
  return expected.equals(await bytesAt(file, offset - expected.length, expected.length));
}

async function readOn(file: FileHandle, size: number, offset: number): Promise<LogPart> {
  const bytes = await bytesAt(file, offset, Math.min(partBytes, size - offset));
  const lineEnd = bytes.lastIndexOf(10);
  // One line that is longer than a part is handed out in pieces.
  const length = lineEnd < 0 && bytes.length === partBytes ? partBytes : lineEnd + 1;
  const next = offset + length;
  return {
    lines: linesIn(bytes.subarray(0, length)),
    next: await positionAt(file, next),
    more: length > 0 && next < size,
  };
}

async function lastLines(file: FileHandle, size: number, count: number): Promise<LogPart> {
  let from = size;
  let bytes = Buffer.alloc(0);
  while (from > 0 && size - from < tailBytes && lineEndsIn(bytes) <= count) {
    const begin = Math.max(0, from - partBytes);
    bytes = Buffer.concat([await bytesAt(file, begin, from - begin), bytes]);
    from = begin;
  }
  const length = bytes.lastIndexOf(10) + 1;
  const begin = from === 0 ? 0 : bytes.indexOf(10) + 1; // the first one may have been cut
  const all = linesIn(bytes.subarray(Math.min(begin, length), length));
  const next = await positionAt(file, from + length);
  return { lines: count > 0 ? all.slice(-count) : [], next, more: false };
}

/**
 * Looks through the end from behind, until so many lines are found. Whoever this process is for comes in between: it rests after each part
 * for as long as that took.
 */
async function lastMatches(
  file: FileHandle,
  size: number,
  count: number,
  matches: Matches,
): Promise<LogPart> {
  const found: string[][] = [];
  let [from, left] = [size, count];
  let [end, rest] = [-1, Buffer.alloc(0)]; // where the last whole line ends, and what belongs to lines of the part before
  while (from > 0 && size - from < tailBytes && (left > 0 || end < 0)) {
    const begin = Math.max(0, from - partBytes);
    const read = await bytesAt(file, begin, from - begin);
    const begun = performance.now();
    let bytes = Buffer.concat([read, rest]);
    from = begin;
    if (end < 0 && bytes.includes(10)) {
      end = from + bytes.lastIndexOf(10) + 1;
      bytes = bytes.subarray(0, end - from);
    }
    const whole = end < 0 ? bytes.length : from === 0 ? 0 : bytes.indexOf(10) + 1; // the first one may have been cut
    const lines = left > 0 ? linesIn(bytes.subarray(whole)).filter(matches).slice(-left) : [];
    found.unshift(lines);
    left -= lines.length;
    rest = bytes.subarray(0, whole);
    await delay(performance.now() - begun);
  }
  return { lines: found.flat(), next: await positionAt(file, end < 0 ? from : end), more: false };
}

function lineEndsIn(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++;
  return count;
}

async function positionAt(file: FileHandle, offset: number): Promise<LogPosition> {
  const length = Math.min(markBytes, offset);
  return { offset, before: (await bytesAt(file, offset - length, length)).toString('base64') };
}

/** Fewer when the file has become shorter meanwhile. */
async function bytesAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await file.read(
    Buffer.alloc(Math.max(0, length)),
    0,
    Math.max(0, length),
    Math.max(0, offset),
  );
  return buffer.subarray(0, bytesRead);
}

function linesIn(bytes: Buffer): string[] {
  const lines = bytes.toString('utf8').split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
