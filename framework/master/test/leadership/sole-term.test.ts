import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { soleTerm } from '../../src/leadership/sole-term.js';

describe('the term of the only master', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'pomelo-ts-term-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const at = (time: number) => soleTerm({ root, wallTime: () => time });

  it('is the time, and rises however often a master is started', () => {
    expect(at(1000)).toBe(1000);
    expect(at(1000)).toBe(1001);
    expect(at(1000)).toBe(1002);
    expect(at(5000)).toBe(5000);
  });

  it('rises when the clock was set back', () => {
    expect(at(9000)).toBe(9000);
    expect(at(10)).toBe(9001);
  });

  it('rises when its file was lost, or is broken', () => {
    for (let start = 0; start < 50; start++) at(1000 + start);
    rmSync(join(root, '.pomelo-ts'), { recursive: true });
    expect(at(1100)).toBe(1100);
    writeFileSync(join(root, '.pomelo-ts', 'term'), 'nonsense');
    expect(at(1200)).toBe(1200);
  });
});
