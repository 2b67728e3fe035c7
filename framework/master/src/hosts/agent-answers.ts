import type { LogPart } from '@pomelo-ts/cluster/masters';
import type { Acting } from '../processes/acting-master.js';
import { writtenFolders } from '../processes/disks.js';
import type { DiskFacts, FileOptions, HostFacts, ProcessEnd } from '../processes/process-host.js';
import type { ServerElsewhere, ServerPlace } from '../processes/process-marks.js';
import type { ProcessRecord } from '../processes/process-records.js';
import type { AgentMethod } from './agent-messages.js';
import {
  inOneLine,
  lineOf,
  listOf,
  marksOf,
  maybe,
  numberOf,
  objectOf,
  textOf,
  truthOf,
  wholeOf,
} from './said.js';

/** Most characters of an id, of a boot id, of a version and of other short texts. */
const shortChars = 200;
/** Most lives of servers, and most of their processes elsewhere, that one host may tell of. */
const mostLives = 10_000;
/** Most last lines of a process, and of each so many characters as are read of the end of its log. */
const mostLastLines = 20;
const lastLineChars = 16 * 1024;
/** Most characters of a part of a log, which is read as so many bytes, and most bytes that tell a place in it, as base64. */
const partChars = 5 * 1024 * 1024;
const markChars = 100;
/** Most that a clock may show, in ms: `Date` knows no later time. */
const latestMs = 8.64e15;
const mostCores = 65_536;
/** Averages of the load: over 1, 5 and 15 minutes. */
const loads = 3;
const mostPort = 65_535;
const mostPid = 2 ** 32;

/** Neither everybody (-1, 0) nor the first process of a system is one of ours. */
export const pidOf = (value: unknown): number => wholeOf(value, 2, mostPid);

const shortOf = (value: unknown): string => textOf(value, shortChars);
const wordOf = (value: unknown): string => lineOf(value, shortChars);

/** What a host tells about itself, as its agent says it first and whenever it is asked. */
export function readHostFacts(value: unknown): HostFacts {
  const said = objectOf(value);
  const disks = listOf(said['disks'], diskOf, writtenFolders.length);
  return {
    ...{ node: wordOf(said['node']), buildId: wordOf(said['buildId']), platform: wordOf(said['platform']) },
    cpus: wholeOf(said['cpus'], 1, mostCores),
    memoryBytes: numberOf(said['memoryBytes'], 0),
    freeMemoryBytes: numberOf(said['freeMemoryBytes'], 0),
    load: listOf(said['load'], (one) => numberOf(one, 0), loads),
    ...maybe('openFiles', said['openFiles'], (files) => wholeOf(files, 0)),
    taskset: truthOf(said['taskset']),
    time: Math.min(numberOf(said['time'], 0), latestMs),
    disks,
  };
}

function diskOf(value: unknown): DiskFacts {
  const { folder, freeBytes, sizeBytes, unwritable } = objectOf(value);
  const known = writtenFolders.find((one) => one === folder);
  if (known === undefined) throw new Error('expected a folder that servers write to');
  const sizes = { freeBytes: numberOf(freeBytes, 0), sizeBytes: numberOf(sizeBytes, 0) };
  return { folder: known, ...sizes, ...maybe('unwritable', unwritable, lineOf) };
}

function readLives(value: unknown): readonly ProcessRecord[] {
  const lifeOf = (one: unknown): ProcessRecord => {
    const { id, bootId, pid, start } = objectOf(one);
    const life = { id: shortOf(id), bootId: shortOf(bootId), pid: pidOf(pid) };
    return { ...life, ...maybe('start', start, shortOf) };
  };
  return listOf(value, lifeOf, mostLives);
}

/** A line of a log has no end within. */
const logLine = (value: unknown): string => textOf(value).replaceAll('\n', ' ');

function readLastLines(value: unknown): readonly string[] {
  return listOf(value, (line) => logLine(line).slice(0, lastLineChars), mostLastLines);
}

function readEnd(value: unknown): ProcessEnd {
  const said = objectOf(value);
  const { code, signal, reason, oom } = objectOf(said['exit']);
  const exit = {
    code: code === null ? null : wholeOf(code, 0),
    signal: signal === null ? null : wordOf(signal),
    ...maybe('reason', reason, lineOf),
    ...maybe('oom', oom, truthOf),
  };
  return { exit, lines: readLastLines(said['lines']) };
}

/** Where that master is to be found is no more than a hint: one that makes no sense is none. */
function readActing(value: unknown): Acting | undefined {
  if (value === undefined || value === null) return undefined;
  const { leader, silentMs, at } = objectOf(value);
  const acting = { leader: lineOf(leader), silentMs: numberOf(silentMs, 0) };
  try {
    const { host, port } = objectOf(at);
    return { ...acting, at: { host: textOf(host, 255), port: wholeOf(port, 1, mostPort) } };
  } catch {
    return acting;
  }
}

/** Of each server that was asked for at most one, and nothing of others. */
function readElsewhere(value: unknown, [asked]: readonly unknown[]): readonly ServerElsewhere[] {
  const read = (one: unknown): ServerElsewhere => {
    const { id, pid, root, port } = objectOf(one);
    const process = { id: shortOf(id), pid: pidOf(pid), root: inOneLine(textOf(root)) };
    return { ...process, port: wholeOf(port, 1, mostPort) };
  };
  const found = new Map(listOf(value, read, mostLives).map((one) => [one.id, one]));
  return (asked as readonly ServerPlace[]).flatMap(({ id }) => found.get(id) ?? []);
}

/** For each list of options that was asked for, at most one text about each of them. */
function readMissingFiles(value: unknown, [asked]: readonly unknown[]): readonly (readonly string[])[] {
  const lists = asked as readonly FileOptions[];
  const told = listOf(value, (one) => one, lists.length);
  return lists.map((options, index) => listOf(told[index], (text) => lineOf(text), options.length));
}

function readLogPart(value: unknown): LogPart {
  const { lines, marks, next, more } = objectOf(value);
  const { offset, before } = objectOf(next);
  let chars = 0;
  const lineIn = (one: unknown): string => {
    const line = logLine(one);
    chars += line.length + 1;
    if (chars > partChars) throw new Error('expected a part of a log');
    return line;
  };
  const texts = listOf(lines, lineIn, partChars);
  return {
    lines: texts,
    ...(marks !== undefined && { marks: marksOf(marks, texts.length) }),
    next: { offset: wholeOf(offset, 0), before: textOf(before, markChars) },
    more: truthOf(more),
  };
}

type Read = (value: unknown, asked: readonly unknown[]) => unknown;

/** What each order is answered with. */
const readers: Readonly<Record<AgentMethod, Read>> = {
  launch: pidOf,
  left: readLives,
  ended: readEnd,
  acting: readActing,
  elsewhere: readElsewhere,
  kill: () => undefined,
  ping: () => undefined,
  lastLines: readLastLines,
  readLog: readLogPart,
  facts: readHostFacts,
  missingFiles: readMissingFiles,
};

/**
 * What an agent has answered to an order that had these arguments. A host that somebody else has taken over may say anything, and none of
 * it shall cost more than that host. Throws when it is no answer to that.
 */
export const readAnswer = (method: AgentMethod, asked: readonly unknown[], value: unknown): unknown =>
  readers[method](value, asked);
