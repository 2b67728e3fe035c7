import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pace } from '@pomelo-ts/common/internal';
import { RE2JS } from 're2js';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { linearMatcher } from '../../src/linear-matcher.js';
import { foundIn, longestPiece, overlap } from '../../src/log/found-in.js';
import { logStart, readLog } from '../../src/log/log-file.js';

const unhurried = () => ({ pace: new Pace(), mostMs: Number.POSITIVE_INFINITY, gaveUp: false });
const finds = (line: string, pattern: string) => foundIn(line, [linearMatcher(pattern)], [], unhurried());

/** A log of these lines; it is gone after the test. */
function logOf(...lines: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'pomelo-ts-found-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'chat-1.log');
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  return path;
}

/** A pattern that takes nearly as many steps as one may, with each character. */
const worst = 'x{190}x{3}$';

describe('a very long line', () => {
  it.each([[{ lines: 10 }], [{ after: logStart }]])(
    'is looked through in pieces, so that no regular expression holds up a server: %j',
    async (where) => {
      const path = logOf('before xxx', `${'x'.repeat(200_000)}!`, 'after xxx');
      const looked = vi.spyOn(RE2JS.prototype, 'matcher');
      onTestFinished(() => looked.mockRestore());
      const filter = { patterns: ['x+x+y'], withoutPatterns: [worst] };
      expect(await readLog(path, { ...where, filter })).toMatchObject({ lines: [] });
      const lengths = looked.mock.calls.map(([text]) => String(text).length);
      expect(lengths.length).toBeGreaterThan(10);
      expect(Math.max(...lengths)).toBe(longestPiece);
    },
  );

  it('has a match found that is no longer than two pieces have in common, wherever it is', async () => {
    const match = `a${'b'.repeat(overlap - 2)}c`;
    for (let before = longestPiece - overlap - 2; before <= longestPiece + 2; before += 1)
      expect(await finds(`${'.'.repeat(before)}${match}${'.'.repeat(5000)}`, 'ab+c'), `at ${before}`).toBe(
        true,
      );
  });

  it.each([
    ['^x', false],
    ['^\\.x?', true],
    ['x$', false],
    ['x!$', true],
    ['x\\b[^!]?$', false],
    ['x\\b!$', true],
    ['[^x.!]', false],
    ['[^x]!?', true],
  ])('begins and ends where it does, and not where a piece does: %s', async (pattern, expected) => {
    expect(await finds(`.${'x'.repeat(9000)}!`, pattern)).toBe(expected);
  });

  it('is given up when there is no time left, and what comes after it is told all the same', async () => {
    const path = logOf(`wanted ${'x'.repeat(200_000)}`, 'wanted too');
    const { now } = performance;
    let slow = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
      slow += 40;
      return now.call(performance) + slow;
    });
    onTestFinished(() => clock.mockRestore());
    const looked = vi.spyOn(RE2JS.prototype, 'matcher');
    onTestFinished(() => looked.mockRestore());
    const filter = { words: ['wanted'], patterns: ['too$'] };
    const first = await readLog(path, { after: logStart, filter });
    expect(first).toMatchObject({ lines: [], more: true });
    expect(looked.mock.calls.length).toBeLessThan(200_000 / longestPiece / 2);
    expect((await readLog(path, { after: first.next, filter })).lines).toEqual(['wanted too']);
  });
});
