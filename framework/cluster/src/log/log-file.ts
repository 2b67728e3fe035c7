import { type FileHandle, open } from 'node:fs/promises';
import { isAt, type LogPosition } from './file-lines.js';
import { beginOfLast, lastMatches } from './log-end.js';
import { type LogFilter, lineMatcher, marksLines, mostAround } from './log-filter.js';
import type { LogPart, LogRequest } from './log-part.js';
import { readOn, type Wanted } from './read-on.js';

/** The begin of a log. */
export const logStart: LogPosition = { offset: 0, before: '' };

/**
 * Reads a part of the log at `path`. When it was rotated since `after`, by moving or by copying and cutting, the rest of the
 * old one is read from `<path>.1`, as far as it is there, and then the new one from its begin.
 *
 * @throws the error of opening it, such as ENOENT; what is wrong with the filter
 */
export async function readLog(path: string, request: LogRequest): Promise<LogPart> {
  const wanted = request.filter && (await wantedBy(request.filter));
  return 'lines' in request
    ? await readEnd(path, request.lines, wanted)
    : await readAfter(path, request.after, wanted);
}

/** How long a part is looked through for regular expressions, in ms: a master waits two seconds for an answer. */
const mostPatternMs = 800;

const wantedBy = async (filter: LogFilter): Promise<Wanted> => ({
  matches: await lineMatcher(filter),
  around: Math.max(0, Math.min(mostAround, filter.around ?? 0)),
  marked: marksLines(filter),
  mostMs: filter.patterns || filter.withoutPatterns ? mostPatternMs : Number.POSITIVE_INFINITY,
});

async function readEnd(path: string, count: number, wanted: Wanted | undefined): Promise<LogPart> {
  await using file = await open(path, 'r');
  const { size } = await file.stat();
  if (!wanted)
    return await readOn(file, { size, offset: await beginOfLast(file, size, count), told: false }, undefined);
  const { part, begin } = await lastMatches(file, size, count, wanted);
  if (!part || (wanted.around > 0 && part.lines.length > 0))
    return await readOn(file, { size, offset: begin, told: false }, wanted);
  return wanted.marked ? { ...part, marks: 'F'.repeat(part.lines.length) } : part;
}

async function readAfter(path: string, after: LogPosition, wanted: Wanted | undefined): Promise<LogPart> {
  await using file = await open(path, 'r');
  const { size } = await file.stat();
  if (await isAt(file, size, after))
    return await readOn(file, { size, offset: after.offset, told: true }, wanted);
  const rest = await restOfOld(`${path}.1`, after, wanted);
  if (rest && (rest.more || rest.lines.length > 0))
    return rest.more ? rest : { ...rest, next: logStart, more: true };
  return await readOn(file, { size, offset: 0, told: true }, wanted);
}

async function restOfOld(
  path: string,
  after: LogPosition,
  wanted: Wanted | undefined,
): Promise<LogPart | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch {
    return undefined; // nobody keeps old logs here
  }
  await using old = file;
  const { size } = await old.stat();
  return (await isAt(old, size, after))
    ? await readOn(old, { size, offset: after.offset, told: true }, wanted)
    : undefined;
}
