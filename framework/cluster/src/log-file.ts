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

/**
 * What to read: the last lines (of the last 4 MiB), or what comes after a place; of these, those that a filter lets through. Of more lines than one
 * answer has room for the first ones come, and `next` leads on.
 */
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

/** Most bytes of one part, and most lines. */
export const [partBytes, partLines] = [256 * 1024, 1000];
/** Most bytes in which last lines are looked for. */
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
  return 'lines' in request
    ? await readEnd(path, request.lines, matches)
    : await readAfter(path, request.after, matches);
}

async function readEnd(path: string, count: number, matches: Matches | undefined): Promise<LogPart> {
  await using file = await open(path, 'r');
  const { size } = await file.stat();
  const found = matches && (await lastMatches(file, size, count, matches));
  if (found?.part) return found.part;
  return await readOn(file, size, found ? found.begin : await beginOfLast(file, size, count), matches);
}

async function readAfter(path: string, after: LogPosition, matches: Matches | undefined): Promise<LogPart> {
  await using file = await open(path, 'r');
  const { size } = await file.stat();
  if (await isAt(file, size, after)) return await readOn(file, size, after.offset, matches);
  const rest = await restOfOld(`${path}.1`, after, matches);
  if (rest && (rest.more || rest.lines.length > 0))
    return rest.more ? rest : { ...rest, next: logStart, more: true };
  return await readOn(file, size, 0, matches);
}

type Matches = (line: string) => boolean;

async function restOfOld(
  path: string,
  after: LogPosition,
  matches: Matches | undefined,
): Promise<LogPart | undefined> {
  try {
    await using file = await open(path, 'r');
    const { size } = await file.stat();
    return (await isAt(file, size, after)) ? await readOn(file, size, after.offset, matches) : undefined;
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

async function readOn(
  file: FileHandle,
  size: number,
  offset: number,
  matches: Matches = () => true,
): Promise<LogPart> {
  const bytes = await bytesAt(file, offset, Math.min(partBytes, size - offset));
  const lines: string[] = [];
  let length = 0;
  for (const { text, end } of linesOf(bytes)) {
    if (lines.length === partLines) break;
    if (matches(text)) lines.push(text);
    length = end;
  }
  // One line that is longer than a part is handed out in pieces.
  if (length === 0 && bytes.length === partBytes) {
    lines.push(...[bytes.toString('utf8')].filter(matches));
    length = partBytes;
  }
  const next = offset + length;
  const isCut = offset + bytes.length < size || bytes.indexOf(10, length) >= 0;
  return { lines, next: await positionAt(file, next), more: length > 0 && isCut };
}

/** Where the last lines begin. */
async function beginOfLast(file: FileHandle, size: number, count: number): Promise<number> {
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

/**
 * Looks through the end from behind, until so many lines are found. Whoever this process is for comes in between: it rests after each part
 * for as long as that took. Gives them as a part, or, where they are too many for one, the place where they begin.
 */
async function lastMatches(
  file: FileHandle,
  size: number,
  count: number,
  matches: Matches,
): Promise<{ readonly part?: LogPart; readonly begin: number }> {
  const found: string[][] = [];
  let [from, left, length] = [size, count, 0];
  let [end, rest, begin] = [-1, Buffer.alloc(0), size]; // where the last whole line ends, and what belongs to lines of the part before
  while (from > 0 && size - from < tailBytes && (left > 0 || end < 0)) {
    const read = await bytesAt(file, Math.max(0, from - partBytes), Math.min(partBytes, from));
    const begun = performance.now();
    let bytes = Buffer.concat([read, rest]);
    from -= read.length;
    if (end < 0 && bytes.includes(10)) {
      end = from + bytes.lastIndexOf(10) + 1;
      bytes = bytes.subarray(0, end - from);
    }
    const whole = end < 0 ? bytes.length : from === 0 ? 0 : bytes.indexOf(10) + 1; // the first one may have been cut
    const here =
      left > 0
        ? linesOf(bytes.subarray(whole))
            .filter(({ text }) => matches(text))
            .slice(-left)
        : [];
    found.unshift(here.map(({ text }) => text));
    left -= here.length;
    length += here.reduce((sum, one) => sum + one.end - one.begin, 0);
    if (here[0]) begin = from + whole + here[0].begin;
    rest = bytes.subarray(0, whole);
    await delay(performance.now() - begun);
  }
  if (count - left > partLines || length > partBytes) return { begin };
  const next = await positionAt(file, end < 0 ? from : end);
  return { begin, part: { lines: found.flat(), next, more: false } };
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

interface Line {
  readonly text: string;
  readonly begin: number;
  /** Behind its line end. */
  readonly end: number;
}

/** Whole lines. */
function linesOf(bytes: Buffer): Line[] {
  const lines: Line[] = [];
  for (let begin = 0; ; ) {
    const end = bytes.indexOf(10, begin);
    if (end < 0) return lines;
    lines.push({ text: bytes.toString('utf8', begin, end), begin, end: end + 1 });
    begin = end + 1;
  }
}
