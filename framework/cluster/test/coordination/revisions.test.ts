import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RevisionFile } from '../../src/coordination/revisions.js';

describe('RevisionFile', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'pomelo-ts-revision-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const file = () => join(root, '.pomelo-ts', 'revision');
  const opened = (wallTime = 1000) => new RevisionFile({ root, wallTime: () => wallTime });

  it('counts up, and goes on above in its next life whatever was used', () => {
    const first = opened();
    const used = [first.next(), first.next(), first.next()];
    expect(used).toEqual([1001, 1002, 1003]);
    expect(opened().next()).toBeGreaterThan(1003);
  });

  it('reserves more before it has used up what the file says', () => {
    const revisions = opened();
    let last = 0;
    for (let n = 0; n < 2500; n++) last = revisions.next();
    expect(last).toBe(3500);
    expect(Number(readFileSync(file(), 'utf8'))).toBeGreaterThan(last);
  });

  it('stays above when the clock was set back, and when the file was lost', () => {
    const before = opened(5_000_000).next();
    expect(opened(1000).next()).toBeGreaterThan(before);
    rmSync(file());
    expect(opened(6_000_000).next()).toBeGreaterThan(before);
  });

  it('starts from the time when the file makes no sense', () => {
    mkdirSync(join(root, '.pomelo-ts'));
    writeFileSync(file(), 'what');
    expect(opened().next()).toBe(1001);
  });

  it('gives what is left when the file cannot be written, then says so', () => {
    const revisions = opened();
    rmSync(join(root, '.pomelo-ts'), { recursive: true });
    writeFileSync(join(root, '.pomelo-ts'), 'no folder');
    let given = 0;
    expect(() => {
      for (; given < 2000; given++) revisions.next();
    }).toThrow(/EEXIST|ENOTDIR/);
    expect(given).toBe(1000);
    expect(existsSync(file())).toBe(false);
  });
});
