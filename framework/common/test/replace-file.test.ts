import fs, {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder, replaceFile } from '../src/replace-file.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pomelo-ts-replace-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe('a file that is replaced', () => {
  it('is for this user alone, as are the folders that are made for it', () => {
    const file = join(folder, 'a', 'b', 'master.json');
    replaceFile(file, 'first');
    replaceFile(file, 'second', { durable: true });
    expect(readFileSync(file, 'utf8')).toBe('second');
    expect([file, join(folder, 'a'), join(folder, 'a', 'b')].map(modeOf)).toEqual(['600', '700', '700']);
    expect(readdirSync(join(folder, 'a', 'b'))).toEqual(['master.json']);
  });

  it('follows no link in its own place, nor in that of its draft', () => {
    const precious = join(folder, 'precious');
    writeFileSync(precious, 'of somebody else');
    const file = join(folder, 'master.pid');
    for (const place of [file, `${file}.new`]) symlinkSync(precious, place);
    replaceFile(file, '12');
    expect(readFileSync(precious, 'utf8')).toBe('of somebody else');
    expect(readFileSync(file, 'utf8')).toBe('12');
  });

  it('is written also after a writer was killed in the middle of it', () => {
    const file = join(folder, 'term');
    writeFileSync(`${file}.new`, 'hal');
    replaceFile(file, 'whole');
    expect(readFileSync(file, 'utf8')).toBe('whole');
    expect(existsSync(`${file}.new`)).toBe(false);
  });
});

it('a folder that is there stays as it is', () => {
  const own = join(folder, 'logs');
  mkdirSync(own, { mode: 0o755 });
  makeFolder(own);
  expect(modeOf(own)).toBe('755');
});

describe('a folder that another process makes at the same time', () => {
  it('is as well, whichever of the folders above it the other one was quicker with', () => {
    const { mkdirSync: make } = fs;
    const wanted = join(folder, 'state', 'audit');
    let quicker = 0;
    const beaten = ((path: string, options: object) => {
      const isMissing = !existsSync(path) && existsSync(dirname(path));
      if (isMissing && (path === wanted || path === dirname(wanted))) {
        make(path, options);
        quicker++;
      }
      return make(path, options);
    }) as typeof mkdirSync;
    fs.mkdirSync = beaten;
    syncBuiltinESMExports();
    try {
      makeFolder(wanted);
    } finally {
      fs.mkdirSync = make;
      syncBuiltinESMExports();
    }
    expect([quicker, existsSync(wanted)]).toEqual([2, true]);
  });
});
