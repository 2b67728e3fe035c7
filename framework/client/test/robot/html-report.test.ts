import { describe, expect, it } from 'vitest';
import type { RunInfo } from '../../src/robot/definition.js';
import { html } from '../../src/robot/html/markup.js';
import { htmlReport } from '../../src/robot/html-report.js';
import { Measures } from '../../src/robot/measures.js';
import { type RobotReport, reportOf } from '../../src/robot/report.js';
import { Tally } from '../../src/robot/tally.js';
import { parseThreshold } from '../../src/robot/thresholds.js';

const hostile = `</td><script>alert("1")</script><img src='x'>&amp;\u001b[2J\u202e`;
const run: RunInfo = {
  ...{ users: 20, rampMs: 5000, durationMs: 60_000, workers: 2, seed: 7, worker: 0 },
  target: { gate: 'ws://127.0.0.1:3014' },
};

interface Parts {
  readonly fill?: (measures: Measures, second: number) => void;
  readonly seconds?: number;
  readonly elapsedMs?: number;
  readonly thresholds?: readonly string[];
  readonly lostWorkers?: number;
}

/** A run of one worker. */
function report({ fill, seconds = 3, elapsedMs, thresholds = [], lostWorkers = 0 }: Parts = {}): RobotReport {
  const tally = new Tally();
  for (let second = 0; second < seconds; second++) {
    const measures = new Measures();
    fill?.(measures, second);
    const users = { waiting: 0, connecting: 1, active: 19, failed: 0, done: 0 };
    tally.add(
      0,
      { second, seconds: 1, busy: 0.5, last: Number.POSITIVE_INFINITY },
      { ...measures.take(), users },
    );
  }
  return reportOf({
    ...{ script: 'players.ts', startedAt: new Date(0), ended: 'duration', run, tally, lostWorkers },
    elapsedMs: elapsedMs ?? seconds * 1000,
    thresholds: thresholds.map(parseThreshold),
    warnings: [],
  });
}

const requests = (measures: Measures) => {
  for (let i = 0; i < 10; i++) measures.done('request', 'chat.chatHandler.send', 5);
};

describe('the report of a run', () => {
  it('gives rates of whole seconds, and of what the last one really had', () => {
    const { timeline, totals } = report({ fill: requests, seconds: 3, elapsedMs: 2500 });
    expect(timeline.points.map(({ requestsPerSecond }) => requestsPerSecond)).toEqual([10, 10, 20]);
    expect(totals).toMatchObject({ requests: 30, requestsPerSecond: 12, p50: 5, p99: 5, errors: 0 });
  });

  it('leaves out what is told of a second that it is not about yet', () => {
    expect(report({ fill: requests, seconds: 3, elapsedMs: 2000 }).timeline.points).toHaveLength(2);
  });

  it('has not passed when a threshold fails, a worker was lost, or nothing went well', () => {
    expect(report({ fill: requests }).passed).toBe(true);
    expect(report({ fill: requests, thresholds: ['p99<6ms'] }).passed).toBe(true);
    expect(report({ fill: requests, thresholds: ['p99<6ms', 'p50<1ms'] }).passed).toBe(false);
    expect(report({ fill: requests, lostWorkers: 1 }).passed).toBe(false);
    const refused = (measures: Measures) => measures.failed('connect', 'connect', new Error('refused'));
    expect(report({ fill: refused }).passed).toBe(false);
    expect(report({ fill: (measures, second) => (second ? refused : requests)(measures) }).passed).toBe(true);
  });

  it('warns when a worker had no time left', () => {
    const tally = new Tally();
    const users = { waiting: 0, connecting: 0, active: 20, failed: 0, done: 0 };
    tally.add(
      0,
      { second: 0, seconds: 1, busy: 0.95, last: Number.POSITIVE_INFINITY },
      { ...new Measures().take(), users },
    );
    const parts = { script: '', startedAt: new Date(0), elapsedMs: 1000, ended: 'done', run } as const;
    const { warnings } = reportOf({ ...parts, tally, thresholds: [], lostWorkers: 0, warnings: [] });
    expect(warnings).toEqual([
      expect.stringContaining('busy for more than 90 % of the time in 1 of 1 steps'),
    ]);
  });
});

describe('the report as a page', () => {
  it('shows names and messages of others as text, and has no script and nothing to load', () => {
    const page = htmlReport({
      ...report({
        fill(measures) {
          measures.done('request', hostile, 1, hostile);
          measures.count('counter', hostile);
          measures.thrown(new Error(hostile));
        },
        thresholds: [`${hostile.replaceAll(/\s/g, '')} p99<1ms`],
      }),
      script: hostile,
      warnings: [hostile],
    });
    expect(page).not.toMatch(/<script|<img|https?:|url\(|@import/);
    expect(page.includes('\u001b') || page.includes('\u202e')).toBe(false);
    expect(page.match(/&lt;script&gt;alert\(&quot;1&quot;\)&lt;\/script&gt;/g)!.length).toBeGreaterThan(6);
    expect(page).toContain('&amp;amp;');
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  });

  it('has a chart of each kind with a line that has no hole where times are', () => {
    const page = htmlReport(report({ fill: requests, seconds: 10 }));
    expect([...page.matchAll(/<h3>([^<]*)</g)].map(([, title]) => title)).toEqual([
      ...[
        'Users',
        'Requests per second',
        'Times of requests',
        'Errors per second',
        'Load of the busiest worker',
      ],
    ]);
    expect(
      [...page.matchAll(/class="line c\d" d="([^"]*)"/g)].map(([, d]) => d!.match(/M/g)?.length),
    ).toEqual([...[1, 1, 1, 1, 1, 1]]);
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('leaves out of the times what was not answered', () => {
    const fill = (measures: Measures, second: number) => second !== 2 && requests(measures);
    const page = htmlReport(report({ fill, seconds: 6 }));
    const [, d = ''] = /Times of requests[\s\S]*?class="line c0" d="([^"]*)"/.exec(page)!;
    expect(d.match(/M/g)).toHaveLength(2);
  });

  it('stands whatever the run was: empty, of one second, of hours', () => {
    for (const parts of [{ seconds: 0, elapsedMs: 3 }, { seconds: 1 }, { seconds: 5000 }]) {
      const page = htmlReport(report({ ...parts, fill: requests }));
      expect(page).not.toMatch(/NaN|undefined|Infinity/);
      expect(page.match(/<svg viewBox="0 0 560/g)!.length).toBe(5);
      expect(page.length).toBeLessThan(600_000);
    }
  });

  it('shows the 50 most frequent messages of errors, and says that there are more', () => {
    const fill = (measures: Measures) => {
      for (let i = 0; i < 60; i++) measures.thrown(`message ${i}`);
    };
    const page = htmlReport(report({ fill, seconds: 1 }));
    expect(page.match(/>message \d+</g)).toHaveLength(50);
    expect(page).toContain('and 10 more messages');
  });
});

it('takes markup inside of markup as it is, and all else as text', () => {
  expect(html`<p>${[html`<b>${'<'}</b>`, '&', 1]}${undefined}</p>`.text).toBe('<p><b>&lt;</b>&amp;1</p>');
});
