import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { LogPosition } from '../../src/log/file-lines.js';
import { logStart, readLog } from '../../src/log/log-file.js';
import type { LogFilter } from '../../src/log/log-filter.js';
import type { LogPart } from '../../src/log/log-part.js';

/** A log, and somebody who follows it. */
class LogBench {
  readonly #folder = mkdtempSync(join(tmpdir(), 'pomelo-ts-log-'));
  readonly path = join(this.#folder, 'chat-1.log');
  #position: LogPosition = logStart;

  constructor(text = '') {
    writeFileSync(this.path, text);
  }

  write(text: string): void {
    appendFileSync(this.path, text);
  }

  /** All lines that have come since the last call. */
  async news(): Promise<string[]> {
    const lines: string[] = [];
    for (let more = true; more; ) {
      const part = await readLog(this.path, { after: this.#position });
      lines.push(...part.lines);
      this.#position = part.next;
      more = part.more;
    }
    return lines;
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true });
  }
}

/** The last lines, read in as many answers as that takes. */
async function allOfLast(path: string, count: number, filter?: LogFilter) {
  const parts: LogPart[] = [];
  const more = filter ? { filter } : {};
  do {
    const after = parts.at(-1)?.next;
    parts.push(await readLog(path, after ? { after, ...more } : { lines: count, ...more }));
  } while (parts.at(-1)?.more);
  return { parts, lines: parts.flatMap(({ lines }) => lines), next: parts.at(-1)!.next };
}

const numbered = (from: number, count: number) =>
  Array.from({ length: count }, (_, n) => `line ${from + n} ${'x'.repeat(50)}`);
const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');

describe('a log', () => {
  it('gives its last lines, whole ones only, and goes on from there', async () => {
    using log = new LogBench('one\ntwo\nthree\nhal');
    const { lines, next } = await readLog(log.path, { lines: 2 });
    expect(lines).toEqual(['two', 'three']);
    log.write('f\nnext\n');
    expect((await readLog(log.path, { after: next })).lines).toEqual(['half', 'next']);
    expect((await readLog(log.path, { lines: 0 })).lines).toEqual([]);
  });

  it('is read whole in parts, however long it is', async () => {
    const lines = numbered(0, 12_000);
    using log = new LogBench(text(lines));
    expect((await readLog(log.path, { after: logStart })).more).toBe(true);
    expect(await log.news()).toEqual(lines);
    expect((await readLog(log.path, { lines: 3 })).lines).toEqual(lines.slice(-3));
    expect((await allOfLast(log.path, 9000)).lines).toEqual(lines.slice(-9000));
    expect((await allOfLast(log.path, 50_000)).lines).toEqual(lines);
    expect(await log.news()).toEqual([]);
  });

  it.each([
    ['short', 30_000, 'x', {}],
    ['long', 3000, 'x'.repeat(1200), {}],
    ['filtered', 9000, 'x'.repeat(50), { filter: { words: ['x'] } }],
    ['filtered and long', 3000, 'x'.repeat(1200), { filter: { words: ['x'] } }],
  ] as const)(
    'answers with 1000 lines and 256 KiB at most, and tells where to read on: %s lines',
    async (_, count, one, more) => {
      const lines = Array.from({ length: count }, (__, n) => `${n} ${one}`);
      using log = new LogBench(text(lines));
      const { filter } = more as { filter?: LogFilter };
      for (const last of [999, 1000, 1001, 2500, count]) {
        const { parts, lines: all } = await allOfLast(log.path, last, filter);
        expect(all).toEqual(lines.slice(-last));
        for (const part of parts) {
          expect(part.lines.length).toBeLessThanOrEqual(1000);
          expect(text(part.lines).length).toBeLessThanOrEqual(256 * 1024);
        }
      }
      const { lines: all } = await readLog(log.path, { after: logStart, ...more });
      expect([all.length <= 1000, text(all).length <= 256 * 1024]).toEqual([true, true]);
      expect(await log.news()).toEqual(lines);
    },
  );

  it('hands out a line that never ends in pieces', async () => {
    using log = new LogBench('y'.repeat(600 * 1024));
    const pieces = await log.news();
    expect(pieces.map((piece) => piece.length)).toEqual([256 * 1024, 256 * 1024]);
  });

  it('loses and repeats nothing when it is copied and cut', async () => {
    using log = new LogBench(text(numbered(0, 3)));
    await log.news();
    log.write('last of the old\n');
    copyFileSync(log.path, `${log.path}.1`);
    truncateSync(log.path);
    log.write('first of the new\n');
    expect(await log.news()).toEqual(['last of the old', 'first of the new']);
    expect(await log.news()).toEqual([]);
  });

  it('loses and repeats nothing when it is moved, also when the new one is longer by now', async () => {
    using log = new LogBench('a\nb\n');
    await log.news();
    log.write('c\n');
    renameSync(log.path, `${log.path}.1`);
    writeFileSync(log.path, text(numbered(0, 5000)));
    expect(await log.news()).toEqual(['c', ...numbered(0, 5000)]);
  });

  it('is read from its begin when it was cut and nobody keeps old ones', async () => {
    using log = new LogBench('a\nb\n');
    await log.news();
    truncateSync(log.path);
    expect(await log.news()).toEqual([]);
    log.write('c\n');
    expect(await log.news()).toEqual(['c']);
  });

  it('cannot be read where there is none', async () => {
    using log = new LogBench();
    await expect(readLog(`${log.path}.not`, { lines: 1 })).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('a filter of a log', () => {
  const record = (level: string, msg: string) => JSON.stringify({ level, time: 'now', msg });
  const lines = [
    record('info', 'a Bot came'),
    record('warn', 'the bot is slow'),
    'a line of the game about a BOT',
    record('error', 'no room'),
  ];

  it.each([
    [{ words: ['bot'] }, [0, 1, 2]],
    [{ words: ['bot', 'SLOW'] }, [1]],
    [{ words: ['bot'], without: ['game'] }, [0, 1]],
    [{ level: 'warn' as const }, [1, 3]],
    [{ level: 'debug' as const }, [0, 1, 3]],
    [{ level: 'warn' as const, without: ['room'] }, [1]],
    [{}, [0, 1, 2, 3]],
  ])('lets through what it says: %j', async (filter, kept) => {
    using bench = new LogBench(`${lines.join('\n')}\n`);
    const expected = kept.map((n) => lines[n]);
    expect((await readLog(bench.path, { lines: 10, filter })).lines).toEqual(expected);
    expect((await readLog(bench.path, { after: logStart, filter })).lines).toEqual(expected);
  });

  it('gives the last lines that it lets through, however many others came after them', async () => {
    const noise = Array.from({ length: 20_000 }, (_, n) => `noise ${n} ${'x'.repeat(50)}`);
    using bench = new LogBench(`${['wanted 1', 'wanted 2', ...noise].join('\n')}\n`);
    const part = await readLog(bench.path, { lines: 1, filter: { words: ['wanted'] } });
    expect(part.lines).toEqual(['wanted 2']);
    bench.write('wanted 3\n');
    const more = await readLog(bench.path, { after: part.next, filter: { words: ['wanted'] } });
    expect(more.lines).toEqual(['wanted 3']);
  });

  /** How many lines are compared, in all and at most without others having their turn, while a log is looked through. */
  async function compared(path: string, word: string) {
    let [all, inTurn, most, over] = [0, 0, 0, false];
    const turn = () => {
      inTurn = 0;
      if (!over) setImmediate(turn);
    };
    const { toLowerCase } = String.prototype;
    const spy = vi.spyOn(String.prototype, 'toLowerCase').mockImplementation(function (this: string) {
      all++;
      most = Math.max(most, ++inTurn);
      return toLowerCase.call(this);
    });
    turn();
    const { lines } = await readLog(path, { lines: 1, filter: { words: [word] } });
    over = true;
    spy.mockRestore();
    return { lines, all, most };
  }

  it('lets others have their turn while it looks, and looks no further than it has to', async () => {
    const many = Array.from({ length: 60_000 }, (_, n) => `line ${n} of a player ${'x'.repeat(40)}`);
    using bench = new LogBench(`${many.join('\n')}\n`);
    const none = await compared(bench.path, 'nowhere');
    expect(none.lines).toEqual([]);
    expect(none.all).toBeGreaterThan(50_000);
    expect(none.most).toBeLessThan(20_000); // a third of them: how many fit into a turn depends on the machine
    const last = await compared(bench.path, 'player');
    expect([last.lines, last.all < 20_000]).toEqual([[many.at(-1)], true]);
  });

  it.each([0, 1, 7, 300, 262_144, 262_145, 400_000])(
    'gives whole lines alone, wherever the parts end in which it is read: %i bytes after them',
    async (more) => {
      const long = ['first', 'a'.repeat(262_143), 'b'.repeat(300_000), 'c'.repeat(100), 'last'];
      using bench = new LogBench(`${long.join('\n')}\n${'y'.repeat(more)}`);
      const { lines: read, next } = await allOfLast(bench.path, 9, { without: ['z'] });
      const inPieces = long.flatMap((line) => [line.slice(0, 262_144), line.slice(262_144)]);
      expect(read.filter((line) => line[0] !== 'y')).toEqual(inPieces.filter((piece) => piece !== ''));
      bench.write('\n');
      if (more < 200_000)
        expect((await readLog(bench.path, { after: next })).lines).toEqual(['y'.repeat(more)]);
    },
  );

  it.each([
    [{ patterns: ['bot (came|is)'] }, [0, 1]],
    [{ patterns: ['BOT$'] }, [2]],
    [{ words: ['bot'], withoutPatterns: ['^a line'] }, [0, 1]],
    [{ patterns: ['o'], level: 'warn' as const }, [1, 3]],
  ])('lets through what its regular expressions say: %j', async (filter, kept) => {
    using bench = new LogBench(`${lines.join('\n')}\n`);
    const expected = { lines: kept.map((n) => lines[n]), marks: expect.stringMatching(/^[fF]+$/) };
    expect(await readLog(bench.path, { lines: 10, filter })).toMatchObject(expected);
    expect(await readLog(bench.path, { after: logStart, filter })).toMatchObject(expected);
  });

  /** What is wanted of all lines, with so many around, as one who has all of them before them says. */
  function ofWhole(all: readonly string[], around: number): [string, string][] {
    const found = all.map((line) => line.includes('x'));
    const near = all.map((_, n) => found.slice(Math.max(0, n - around), n + around + 1).some(Boolean));
    return all.flatMap((line, n) => {
      if (!near[n]) return [];
      const mark = found[n] ? 'f' : 'a';
      return [[line, near[n - 1] ? mark : mark.toUpperCase()] as [string, string]];
    });
  }

  it('gives the lines around those that it lets through once each, however a log is written and read', async () => {
    const word = fc.constantFrom('x', 'y', 'z');
    const chunks = fc.array(fc.array(word, { maxLength: 12 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(chunks, fc.integer({ min: 1, max: 4 }), async (written, around) => {
        using bench = new LogBench();
        const told: [string, string][] = [];
        let after = logStart;
        for (const chunk of written) {
          bench.write(text(chunk));
          const part = await readLog(bench.path, { after, filter: { words: ['x'], around } });
          told.push(...part.lines.map((line, n): [string, string] => [line, part.marks![n]!]));
          after = part.next;
        }
        expect(told).toEqual(ofWhole(written.flat(), around));
      }),
      { numRuns: 200 },
    );
  });

  it('gives the lines around the last ones that it lets through, and goes on behind them', async () => {
    const all = Array.from({ length: 5000 }, (_, n) => (n % 1000 === 500 ? `x ${n}` : `line ${n}`));
    using bench = new LogBench(text(all));
    const filter = { words: ['x'], around: 2 };
    const { parts, lines: read } = await allOfLast(bench.path, 2, filter);
    expect(read).toEqual([...all.slice(3498, 3503), ...all.slice(4498, 4503)]);
    expect(parts.map(({ marks }) => marks).join('')).toBe('AafaaAafaa');
    expect(await allOfLast(bench.path, 0, filter)).toMatchObject({ lines: [] });
    expect(await allOfLast(bench.path, 5, { words: ['nowhere'], around: 2 })).toMatchObject({ lines: [] });
  });

  it('is looked through for no longer than a part may take, and loses nothing by that', async () => {
    const all = Array.from({ length: 300 }, (_, n) => `player ${n}`);
    using bench = new LogBench(text(all));
    const { now } = performance;
    let slow = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
      slow += 3;
      return now.call(performance) + slow;
    });
    try {
      const parts: LogPart[] = [];
      do {
        const after = parts.at(-1)?.next ?? logStart;
        parts.push(await readLog(bench.path, { after, filter: { patterns: ['player'] } }));
      } while (parts.at(-1)!.more);
      expect(parts.length).toBeGreaterThan(1);
      expect(parts.flatMap(({ lines: some }) => some)).toEqual(all);
      const last = await readLog(bench.path, { lines: 300, filter: { patterns: ['player'] } });
      expect(last.lines).toEqual(all.slice(-last.lines.length));
      expect([last.lines.length > 0, last.lines.length < 300]).toEqual([true, true]);
    } finally {
      clock.mockRestore();
    }
  });

  it('whose regular expression makes no sense is told so', async () => {
    using bench = new LogBench('a\n');
    await expect(readLog(bench.path, { lines: 1, filter: { patterns: ['(a'] } })).rejects.toThrow(
      'missing closing )',
    );
  });
});
