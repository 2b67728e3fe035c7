import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { openLog } from '@pomelo-ts/common/internal';
import { LineSplitter } from './line-splitter.js';
import { isNoRoom } from './no-room.js';

const keptLines = 20;
const tailBytes = 16 * 1024;

/** Where a process writes to. */
export interface ProcessOutput {
  /** For spawn: standard output and error. */
  readonly stdio: 'pipe' | 'ignore' | number;
  /** Call after the process was spawned. */
  attach(stdout: Readable | null, stderr: Readable | null): void;
  lastLines(): readonly string[];
}

/** Output that comes through this process: each line is handed to `print` with the server's id before it. */
export function pipedOutput(id: string, print: (line: string) => void): ProcessOutput {
  const kept: string[] = [];
  const onLine = (line: string) => {
    if (line.trim()) kept.push(line);
    if (kept.length > keptLines) kept.shift();
    print(`[${id}] ${line}`);
  };
  return {
    stdio: 'pipe',
    attach(...streams) {
      for (const stream of streams) {
        const splitter = new LineSplitter(onLine);
        stream?.on('data', (chunk: Buffer) => splitter.push(chunk));
        stream?.on('end', () => splitter.end());
      }
    },
    lastLines: () => kept,
  };
}

/**
 * Output that goes straight to `logs/<id>.log`, so that the process does not need this one. Where there is no room for that file a server
 * runs without a log: players need it more than anybody needs its lines.
 */
export function fileOutput(id: string, directory: string): ProcessOutput {
  const path = join(directory, `${id}.log`);
  let fd: number;
  try {
    fd = openLog(path);
  } catch (error) {
    if (!isNoRoom(error)) throw error;
    return { stdio: 'ignore', attach: () => {}, lastLines: () => [] };
  }
  const from = fstatSync(fd).size;
  return {
    stdio: fd,
    attach: () => closeSync(fd),
    lastLines: () => lastLinesOf(path, from),
  };
}

/** The last lines of a log, of those that came after `from` bytes unless it has been shortened since; none when it cannot be read. */
export function lastLinesOf(path: string, from = 0): readonly string[] {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return [];
  }
  try {
    const { size } = fstatSync(fd);
    const start = Math.max(size < from ? 0 : from, size - tailBytes);
    const bytes = Buffer.alloc(Math.max(0, size - start));
    readSync(fd, bytes, 0, bytes.length, start);
    return bytes
      .toString('utf8')
      .split('\n')
      .filter((line) => line.trim())
      .slice(-keptLines);
  } finally {
    closeSync(fd);
  }
}
