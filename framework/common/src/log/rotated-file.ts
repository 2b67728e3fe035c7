import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  writeSync,
} from 'node:fs';
import { openLog } from './open-log.js';

/** A log and what is kept of it. */
export interface KeptLog {
  readonly file: string;
  /** Size that it does not grow over. */
  readonly maxBytes: number;
  /** How many old ones are kept: `<file>.1` is the newest. */
  readonly keep: number;
}

const chunkBytes = 64 * 1024;
const copiedBytes = 1024 * 1024;

/**
 * The file that this process' output goes to. Before it would grow over its greatest size it is copied to `<file>.1`, older copies
 * move on, and it begins anew: it is never moved itself, as what Node prints, and children, have it open. Where there
 * is no room for a copy the oldest copy goes, and if that is not enough the older half of the log itself: its newest lines count most.
 * A log that was taken away begins anew. No link that stands in the place of one of these files is followed.
 */
export class RotatedFile {
  readonly #log: KeptLog;
  /** What others have open too. */
  readonly #given: number;
  #fd: number;
  #size: number;

  /** `fd` is the file, open for appending. */
  constructor(fd: number, log: KeptLog) {
    this.#given = fd;
    this.#fd = fd;
    this.#log = log;
    this.#size = sizeOf(fd);
  }

  /** Whether all of it was written. */
  write(bytes: Buffer): boolean {
    const { maxBytes } = this.#log;
    if (this.#size > 0 && this.#size + bytes.length > maxBytes) this.#begin();
    const written = this.#append(bytes);
    if (written === bytes.length) return true;
    this.#cut(); // the disk is full
    return this.#append(bytes.subarray(written)) === bytes.length - written;
  }

  /** Looks at the size: what others have written to it this has not counted. And whether it is there still. */
  look(): void {
    if (!this.#isThere()) this.#openAnew();
    this.#size = sizeOf(this.#fd);
    if (this.#size >= this.#log.maxBytes) this.#begin();
  }

  close(): void {
    if (this.#fd !== this.#given) closeSync(this.#fd);
    this.#fd = this.#given;
  }

  /** Whether the file in this log's place is the one that is written to. */
  #isThere(): boolean {
    try {
      return isSame(lstatSync(this.#log.file), fstatSync(this.#fd));
    } catch {
      return false;
    }
  }

  /** What Node itself prints when it dies still goes to the former one, which nobody can take from this process. */
  #openAnew(): void {
    try {
      const fd = openLog(this.#log.file);
      this.close();
      this.#fd = fd;
    } catch {
      // There is no room, or the disk takes nothing: the next look tries again.
    }
  }

  #append(bytes: Buffer): number {
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(this.#fd, bytes, written);
    } catch {
      // As much as there was room for is there.
    }
    this.#size += written;
    return written;
  }

  #begin(): void {
    const { file } = this.#log;
    try {
      const copied = this.#copy() || (this.#dropOldest() && this.#copy());
      if (copied) {
        this.#shift();
        ftruncateSync(this.#fd);
        this.#size = 0;
      } else this.#cut();
    } catch {
      rmSync(`${file}.new`, { force: true });
      this.#cut(); // something is in the way of the copies
    }
  }

  #copy(): boolean {
    const draft = `${this.#log.file}.new`;
    let from: number | undefined;
    let to: number | undefined;
    try {
      from = this.#open('r');
      rmSync(draft, { force: true, recursive: true });
      to = openSync(draft, 'wx', 0o600);
      const bytes = Buffer.alloc(copiedBytes);
      for (let read = 1; read > 0; ) {
        read = readSync(from, bytes);
        for (let at = 0; at < read; ) at += writeSync(to, bytes, at, read - at);
      }
      return true;
    } catch {
      rmSync(draft, { force: true, recursive: true }); // half of a copy helps nobody
      return false;
    } finally {
      for (const fd of [from, to]) if (fd !== undefined) closeSync(fd);
    }
  }

  /** Opens the file once more, and none that has been put in its place. */
  #open(way: 'r' | 'r+'): number {
    const { O_RDONLY, O_RDWR, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
    const fd = openSync(this.#log.file, (way === 'r' ? O_RDONLY : O_RDWR) | O_NOFOLLOW | O_NONBLOCK);
    if (isSame(fstatSync(fd), fstatSync(this.#fd))) return fd;
    closeSync(fd);
    throw new Error('another file stands in the place of the log');
  }

  /** The newest old log is never given up for want of room: then the log itself is cut. */
  #dropOldest(): boolean {
    const { file, keep } = this.#log;
    for (let number = keep; number > 1; number--) {
      if (!existsSync(`${file}.${number}`)) continue;
      rmSync(`${file}.${number}`, { force: true });
      return true;
    }
    return false;
  }

  #shift(): void {
    const { file, keep } = this.#log;
    rmSync(`${file}.${keep}`, { force: true });
    for (let number = keep - 1; number > 0; number--)
      if (existsSync(`${file}.${number}`)) renameSync(`${file}.${number}`, `${file}.${number + 1}`);
    renameSync(`${file}.new`, `${file}.1`);
  }

  /** Keeps the newer half, in its place: that needs no room. */
  #cut(): void {
    let fd: number | undefined;
    try {
      fd = this.#open('r+');
      const { size } = fstatSync(fd);
      const from = lineStart(fd, size - Math.floor(Math.min(size, this.#log.maxBytes) / 2), size);
      this.#size = moveToStart(fd, from, size);
      ftruncateSync(fd, this.#size);
    } catch {
      this.#size = sizeOf(this.#fd); // it was taken away: the next look begins another
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
  }
}

/** The begin of the first line at or after `from`. */
function lineStart(fd: number, from: number, size: number): number {
  const bytes = Buffer.alloc(Math.min(chunkBytes, size - from));
  const read = readSync(fd, bytes, 0, bytes.length, from);
  const end = bytes.subarray(0, read).indexOf(10);
  return end < 0 ? from : from + end + 1;
}

/** Gives how much there is now. */
function moveToStart(fd: number, from: number, size: number): number {
  const bytes = Buffer.alloc(chunkBytes);
  let at = 0;
  for (let read = 1; read > 0 && from + at < size; at += read) {
    read = readSync(fd, bytes, 0, Math.min(chunkBytes, size - from - at), from + at);
    writeSync(fd, bytes, 0, read, at);
  }
  return at;
}

const isSame = (one: Stats, other: Stats): boolean => one.ino === other.ino && one.dev === other.dev;

function sizeOf(fd: number): number {
  try {
    return fstatSync(fd).size;
  } catch {
    return 0; // this process has closed it
  }
}
