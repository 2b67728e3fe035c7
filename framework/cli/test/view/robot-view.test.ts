import type { ReportRow, RobotReport } from '@pomelo-ts/client/robot';
import { describe, expect, it } from 'vitest';
import { paintFor, type Terminal } from '../../src/terminal.js';
import { robotView } from '../../src/view/robot/robot-view.js';
import { robotSummary } from '../../src/view/robot/summary.js';
import { figureTable, rowTable } from '../../src/view/robot/tables.js';
import { cutToWidth, padToWidth, textWidth } from '../../src/view/text-width.js';

const times = { min: 1, mean: 2, p50: 2, p95: 3, p99: 4, max: 5 };
const row = (name: string): ReportRow => ({
  ...{ name, count: 10, perSecond: 1, errors: 0, ...times },
  kind: 'request',
});

function report(more: Partial<RobotReport> = {}): RobotReport {
  return {
    ...{ format: 1, script: 'players.ts', startedAt: '', elapsedMs: 10_000, passed: true, ended: 'duration' },
    settings: { users: 5, rampMs: 0, durationMs: 10_000, workers: 1, seed: 7, target: '' },
    totals: {
      ...{ ...times, requests: 10, requestsPerSecond: 1, errors: 0, errorShare: 0, connects: 5 },
      ...{ lostConnections: 0, rounds: 0, notifies: 0, pushes: 0, unanswered: 0 },
    },
    users: { waiting: 1, connecting: 0, active: 3, failed: 1, done: 0 },
    ...{ thresholds: [], rows: [row('a.b.c')], counts: [], errors: [], warnings: [] },
    timeline: { stepMs: 1000, points: [] },
    ...more,
  };
}

function terminal(): Terminal & { readonly lines: string[] } {
  const lines: string[] = [];
  return { lines, live: false, colours: false, out: (text) => void lines.push(text), err: () => {} };
}

const plain = paintFor(terminal());

describe('a load test without a terminal', () => {
  it('tells a line at once and then one every five seconds', () => {
    const out = terminal();
    const view = robotView(out);
    for (let second = 1; second <= 12; second++) view.show(report({ elapsedMs: second * 1000 }));
    view.end();
    expect(out.lines.map((line) => line.split(':')[0])).toEqual(['1s', '6s', '11s']);
    expect(out.lines[0]).toBe(
      '1s: 3 of 5 users, 1 failed, 10 requests (0/s), p50 2.00 ms p95 3.00 ms p99 4.00 ms, 0 errors (0 %)',
    );
  });
});

describe('the summary of a load test', () => {
  it('has nothing of what others wrote that could move the cursor', () => {
    const evil = 'a\u001b[2J\r\n\u202eb';
    const text = robotSummary(
      report({
        rows: [row(evil)],
        counts: [{ kind: 'counter', name: evil, count: 1, perSecond: 1 }],
        errors: [{ where: evil, message: evil, count: 1, firstMs: 0, lastMs: 0 }],
        thresholds: [{ text: evil, holds: false, got: evil }],
      }),
      [],
      terminal(),
    );
    expect(text).not.toMatch(/[\p{Bidi_Control}\r]/u);
    expect(text.includes('\u001b')).toBe(false);
    expect(text.split('a [2J b').length).toBe(7);
  });

  it('names the verdicts, the warnings and the files', () => {
    const thresholds = [
      { text: 'p99<5ms', holds: true, got: '4ms' },
      { text: 'errors<1%', holds: false, got: '2%' },
    ];
    const text = robotSummary(
      report({ thresholds, warnings: ['too busy'] }),
      ['out/report.html'],
      terminal(),
    );
    expect(text).toContain('5 users in 10s: the time was over\n10 requests (1/s), 0 errors (0 %)');
    expect(text).toMatch(
      /holds p99<5ms \(4ms\)\nfails errors<1% \(2%\)\nwarning too busy\nwrote out\/report\.html$/,
    );
  });
});

describe('tables of figures', () => {
  it('have figures and heads end below each other', () => {
    expect(
      figureTable(
        ['', 'COUNT', 'RATE'],
        [
          ['a', '5', '1/s'],
          ['bcd', '1,234,567', '10/s'],
        ],
        plain,
      ),
    ).toBe('         COUNT  RATE\na            5   1/s\nbcd  1,234,567  10/s');
  });

  it('leave out rows for which there is no room, and say how many', () => {
    const rows = Array.from({ length: 10 }, (_, i) => row(`a.b.c${i}`));
    const lines = rowTable(report({ rows }), 8, plain).split('\n');
    expect(lines).toHaveLength(8);
    expect(lines.at(-1)).toBe('and 5 more');
  });

  it('cut names that would push the figures out of sight', () => {
    expect(rowTable(report({ rows: [row('x'.repeat(500))] }), 9, plain)).toContain(`${'x'.repeat(49)}…`);
  });
});

describe('the width of text', () => {
  it('is two columns for East Asian letters and emoji', () => {
    expect(['abc', '进入房间', 'ｱ', 'カタ', '한', '🎮', 'é'].map(textWidth)).toEqual([3, 8, 1, 4, 2, 2, 1]);
    expect(padToWidth('进入', 6)).toBe('进入  ');
    expect(cutToWidth('进入房间', 6)).toBe('进入…');
    expect(cutToWidth('abc', 3)).toBe('abc');
  });
});
