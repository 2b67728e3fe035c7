import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RotatedFile } from '../../src/log/rotated-file.js';

/** A log of at most 100 bytes, of which two old ones are kept. */
class Log {
  readonly #folder = mkdtempSync(join(tmpdir(), 'pomelo-ts-log-'));
  readonly file = join(this.#folder, 'chat-1.log');
  readonly #fd = openSync(this.file, 'a');
  readonly rotated = new RotatedFile(this.#fd, { file: this.file, maxBytes: 100, keep: 2 });

  write(letter: string, bytes: number): void {
    this.rotated.write(Buffer.from(`${letter.repeat(bytes - 1)}\n`));
  }

  /** First letter and size of the log and of the old ones. */
  get all(): string[] {
    return ['', '.1', '.2', '.3', '.new'].map((ending) => {
      const file = this.file + ending;
      if (!existsSync(file)) return '-';
      const text = readFileSync(file, 'utf8');
      return `${text.slice(0, 1)}${text.length}`;
    });
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
    rmSync(this.#folder, { recursive: true });
  }
}

describe('the log of a process', () => {
  it('is put aside before it would grow over its greatest size, and no more old ones are kept than are wanted', () => {
    using log = new Log();
    log.write('a', 50);
    log.write('a', 50);
    expect(log.all).toEqual(['a100', '-', '-', '-', '-']);
    log.write('b', 60);
    expect(log.all).toEqual(['b60', 'a100', '-', '-', '-']);
    log.write('c', 60);
    log.write('d', 60);
    expect(log.all).toEqual(['d60', 'c60', 'b60', '-', '-']);
  });

  it('counts what others have written to it when it is looked at', () => {
    using log = new Log();
    log.write('a', 10);
    appendFileSync(log.file, 'b'.repeat(200));
    log.rotated.look();
    expect(log.all).toEqual(['0', 'a210', '-', '-', '-']);
  });

  it('keeps its newer half in its place when it cannot be put aside, and nothing half remains', () => {
    using log = new Log();
    mkdirSync(`${log.file}.1`); // in the way of the copies
    mkdirSync(`${log.file}.2`);
    writeFileSync(join(`${log.file}.2`, 'x'), '');
    for (const letter of 'abcdefghijklmnopqrstuvwxyz') log.write(letter, 20);
    expect(readFileSync(log.file, 'utf8').length).toBeLessThanOrEqual(100);
    expect(readFileSync(log.file, 'utf8')).toMatch(/^(\w)\1*\n/); // it begins with a whole line
    expect(readFileSync(log.file, 'utf8')).toMatch(/z{19}\n$/);
    expect(existsSync(`${log.file}.new`)).toBe(false);
    rmSync(`${log.file}.1`, { recursive: true });
    rmSync(`${log.file}.2`, { recursive: true });
    log.write('0', 90);
    log.write('1', 90);
    expect(log.all).toEqual(['190', '090', expect.any(String), '-', '-']);
  });

  it('that was taken away is no fault', () => {
    using log = new Log();
    log.write('a', 10);
    unlinkSync(log.file);
    log.rotated.look();
    log.write('b', 99);
    log.write('c', 99);
    expect(log.all.slice(1)).toEqual(['-', '-', '-', '-']);
  });
});
