import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openLog } from '../../src/log/open-log.js';
import { RotatedFile } from '../../src/log/rotated-file.js';

/** A log of at most 100 bytes, of which two old ones are kept. */
class Log {
  readonly #folder = mkdtempSync(join(tmpdir(), 'pomelo-ts-log-'));
  readonly file = join(this.#folder, 'chat-1.log');
  readonly #fd = openSync(this.file, 'a', 0o600);
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

  it('that was taken away begins anew, with its folder, and is kept short as before', () => {
    using log = new Log();
    log.write('a', 10);
    unlinkSync(log.file);
    log.rotated.look();
    log.write('b', 90);
    log.write('c', 90);
    expect(log.all).toEqual(['c90', 'b90', '-', '-', '-']);
    rmSync(dirname(log.file), { recursive: true });
    log.rotated.look();
    log.write('d', 20);
    expect(log.all).toEqual(['d20', '-', '-', '-', '-']);
    log.rotated.close();
  });

  it('begins anew when another one was put in its place, which is not touched', () => {
    using log = new Log();
    log.write('a', 10);
    renameSync(log.file, `${log.file}.moved`);
    writeFileSync(log.file, 'x'.repeat(50));
    log.write('a', 10);
    log.rotated.look();
    log.write('b', 40);
    expect([readFileSync(`${log.file}.moved`, 'utf8').length, log.all[0]]).toEqual([20, 'x90']);
    log.rotated.close();
  });

  it.each(['', '.new', '.1', '.2'])('follows no link in the place of <file>%s', (ending) => {
    using log = new Log();
    const victim = join(dirname(log.file), 'victim');
    writeFileSync(victim, 'of somebody else', { mode: 0o644 });
    log.write('a', 90);
    if (ending === '') unlinkSync(log.file);
    symlinkSync(victim, log.file + ending);
    for (const letter of 'bcd') log.write(letter, 90);
    log.rotated.look();
    for (const letter of 'efg') log.write(letter, 90);
    expect(readFileSync(victim, 'utf8')).toBe('of somebody else');
    expect(statSync(victim).mode & 0o777).toBe(0o644);
    expect(log.all).toEqual(['g90', 'f90', 'e90', '-', '-']);
    for (const name of ['', '.1', '.2']) {
      expect(lstatSync(log.file + name).isFile()).toBe(true);
      expect(lstatSync(log.file + name).mode & 0o077).toBe(0);
    }
    log.rotated.close();
  });
});

describe('a log that is opened', () => {
  it('replaces a link or a pipe in its place, and lets its folder be a link', () => {
    using log = new Log();
    const folder = dirname(log.file);
    const victim = join(folder, 'victim');
    writeFileSync(victim, '');
    mkdirSync(join(folder, 'elsewhere'));
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'logs'));
    symlinkSync(victim, join(folder, 'logs', 'linked.log'));
    execFileSync('mkfifo', [join(folder, 'logs', 'piped.log')]);
    for (const name of ['linked', 'piped', 'new']) {
      const file = join(folder, 'logs', `${name}.log`);
      const fd = openLog(file);
      writeSync(fd, name);
      closeSync(fd);
      expect(readFileSync(file, 'utf8')).toBe(name);
      expect(lstatSync(file).isFile()).toBe(true);
    }
    expect(readFileSync(victim, 'utf8')).toBe('');
  });
});
