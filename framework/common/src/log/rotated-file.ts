import {
  closeSync,
  copyFileSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';

/** A log and what is kept of it. */
export interface KeptLog {
  readonly file: string;
  /** Size that it does not grow over. */
  readonly maxBytes: number;
  /** How many old ones are kept: `<file>.1` is the newest. */
  readonly keep: number;
}

const chunkBytes = 64 * 1024;

/**
 * The file that this process' output goes to. Before it would grow over its greatest size it is copied to `<file>.1`, older copies
 * move on, and it begins anew: it is never moved itself, as what Node prints, and children, have it open. Where there
 * is no room for a copy the oldest copy goes, and if that is not enough the older half of the log itself: its newest lines count most.
 */
export class RotatedFile {
  readonly #fd: number;
  readonly #log: KeptLog;
  #size: number;

  /** `fd` is the file, open for appending. */
  constructor(fd: number, log: KeptLog) {
    this.#fd = fd;
    this.#log = log;
    this.#size = sizeOf(log.file);
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

  /** Looks at the size: what others have written to it this has not counted. */
  look(): void {
    this.#size = sizeOf(this.#log.file);
    if (this.#size >= this.#log.maxBytes) this.#begin();
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
        truncateSync(file);
        this.#size = 0;
      } else this.#cut();
    } catch {
      rmSync(`${file}.new`, { force: true });
      this.#cut(); // something is in the way of the copies
    }
  }

  #copy(): boolean {
    const { file } = this.#log;
    try {
      copyFileSync(file, `${file}.new`);
      return true;
    } catch {
      rmSync(`${file}.new`, { force: true }); // half of a copy helps nobody
      return false;
    }
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
      fd = openSync(this.#log.file, 'r+');
      const { size } = fstatSync(fd);
      const from = lineStart(fd, size - Math.floor(Math.min(size, this.#log.maxBytes) / 2), size);
      this.#size = moveToStart(fd, from, size);
      ftruncateSync(fd, this.#size);
    } catch {
      this.#size = sizeOf(this.#log.file); // it was taken away: the next look may find another
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

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    return 0; // it was taken away
  }
}
