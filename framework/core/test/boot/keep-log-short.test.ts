import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  unlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock } from '@pomelo-ts/common/testing';
import { describe, expect, it } from 'vitest';
import { keepLogShort } from '../../src/boot/keep-log-short.js';

/** A log of at most 100 bytes, of which two old ones are kept. */
class Log {
  readonly #folder = mkdtempSync(join(tmpdir(), 'pomelo-ts-log-'));
  readonly clock = new FakeClock();
  readonly file = join(this.#folder, 'chat-1.log');
  readonly end = keepLogShort({ file: this.file, maxBytes: 100, keep: 2 }, this.clock);

  /** Fills the log with a letter and lets the time pass after which it is looked at. */
  write(letter: string, bytes = 100): void {
    appendFileSync(this.file, letter.repeat(bytes));
    this.clock.pass(1000);
  }

  /** First letter and size of the log and of the old ones. */
  get all(): string[] {
    return ['', '.1', '.2', '.3'].map((ending) => {
      const file = this.file + ending;
      if (!existsSync(file)) return '-';
      const text = readFileSync(file, 'utf8');
      return `${text.slice(0, 1)}${text.length}`;
    });
  }

  [Symbol.dispose](): void {
    this.end();
    rmSync(this.#folder, { recursive: true });
  }
}

describe('the log of a server', () => {
  it('is put aside at its greatest size and begins anew, and no more old ones are kept than are wanted', () => {
    using log = new Log();
    log.write('a', 99);
    expect(log.all).toEqual(['a99', '-', '-', '-']);
    log.write('a', 1);
    expect(log.all).toEqual(['0', 'a100', '-', '-']);
    log.write('b');
    log.write('c', 130);
    expect(log.all).toEqual(['0', 'c130', 'b100', '-']);
  });

  it('goes on as it is when it cannot be put aside, and nothing half remains', () => {
    using log = new Log();
    mkdirSync(`${log.file}.1`); // in the way of the copy
    mkdirSync(`${log.file}.2`);
    log.write('a');
    expect(readFileSync(log.file, 'utf8')).toHaveLength(100);
    rmSync(`${log.file}.1`, { recursive: true });
    rmSync(`${log.file}.2`, { recursive: true });
    log.write('a', 1);
    expect(log.all).toEqual(['0', 'a101', '-', '-']);
  });

  it('that was taken away is no fault, and is kept short when it is there again', () => {
    using log = new Log();
    log.write('a', 10);
    unlinkSync(log.file);
    log.clock.pass(5000);
    log.write('b');
    expect(log.all).toEqual(['0', 'b100', '-', '-']);
  });
});
