import { showCount, showRate, showShare, showSpan, showTime } from './figures.js';
import { type Chart, chart } from './html/chart.js';
import { html, Markup } from './html/markup.js';
import { style } from './html/style.js';
import { countTable, errorTable, rowTable, thresholdTable } from './html/tables.js';
import type { ReportPoint, RobotReport } from './report.js';

const ends = { done: 'all have played', duration: 'the time was over', stopped: 'stopped before its time' };

/**
 * The report as one HTML page with charts. It loads nothing and runs no script, and it shows names and messages of players and
 * servers as text, whatever is in them.
 *
 * @example
 * writeFileSync('report.html', htmlReport(await run.ended));
 */
export function htmlReport(report: RobotReport): string {
  const { script, passed, warnings } = report;
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${script}: ${passed ? 'passed' : 'failed'}</title>
<style>${new Markup(style)}</style></head><body>
<header><div><h1>${script}</h1><p class="facts">${facts(report)}</p></div><div class="badge${passed ? '' : ' bad'}">${passed ? '✔ passed' : '✘ failed'}</div></header>
${warnings.length > 0 ? html`<ul class="warnings">${warnings.map((warning) => html`<li>${warning}</li>`)}</ul>` : undefined}
${tiles(report)}
${thresholdTable(report)}
<h2>Over time</h2>
<div class="charts">
${chartsOf(report).map(chart)}</div>
<h2>Times</h2>
${rowTable(report)}
${errorTable(report)}
${countTable(report)}
<footer>${footnote(report)}</footer>
</body></html>
`;
  return page.text;
}

function facts({ settings, startedAt, elapsedMs, ended }: RobotReport): string {
  const { users, rampMs, workers, seed, target } = settings;
  const date = `${startedAt.slice(0, 10)} ${startedAt.slice(11, 19)} UTC`;
  const crowd = `${showCount(users)} ${users === 1 ? 'user' : 'users'}${rampMs > 0 ? `, ramp ${showSpan(rampMs)}` : ''}`;
  const crew = `${workers} ${workers === 1 ? 'worker' : 'workers'}`;
  const parts = [date, crowd, `${showSpan(elapsedMs)}: ${ends[ended]}`, target, crew, `seed ${seed}`];
  return parts.join(' · ');
}

function tiles({ totals }: RobotReport): Markup {
  const { requests, requestsPerSecond, p50, p95, p99, errors, errorShare, lostConnections } = totals;
  const time = (ms: number) => (requests === 0 ? '–' : showTime(ms));
  const all: readonly (readonly [string, string, boolean?])[] = [
    ['Requests', showCount(requests)],
    ['Rate', showRate(requestsPerSecond)],
    ['p50', time(p50)],
    ['p95', time(p95)],
    ['p99', time(p99)],
    [`Errors (${showShare(errorShare)})`, showCount(errors), errors > 0],
    ['Connections lost', showCount(lostConnections), lostConnections > 0],
  ];
  return html`<dl class="tiles">${all.map(([name, value, bad]) => html`<div><dt>${name}</dt><dd${bad ? html` class="bad"` : undefined}>${value}</dd></div>`)}</dl>`;
}

function chartsOf({ timeline, elapsedMs, totals }: RobotReport): Chart[] {
  const { points, stepMs } = timeline;
  const frame = {
    atMs: points.map(({ atMs }) => Math.min(atMs + stepMs / 2, (atMs + elapsedMs) / 2)),
    endMs: elapsedMs,
  };
  const line = (name: string, of: (point: ReportPoint) => number | undefined) => ({
    name,
    values: points.map(of),
  });
  const time = (name: 'p50' | 'p95' | 'p99') =>
    line(name, (point) => (point.p99 === 0 ? undefined : point[name]));
  const users = [
    line('active', ({ active }) => active),
    line('connecting', ({ connecting }) => connecting),
    line('failed', ({ failed }) => failed),
  ];
  const pushes = line('pushes', ({ pushesPerSecond }) => pushesPerSecond);
  return [
    { ...frame, title: 'Users', series: users, show: showCount, stacked: true },
    {
      ...frame,
      title: 'Requests per second',
      series: [line('requests', ({ requestsPerSecond }) => requestsPerSecond)],
      show: showRate,
    },
    { ...frame, title: 'Times of requests', series: [time('p50'), time('p95'), time('p99')], show: showTime },
    {
      ...frame,
      title: 'Errors per second',
      series: [line('errors', ({ errorsPerSecond }) => errorsPerSecond)],
      show: showRate,
    },
    ...(totals.pushes > 0
      ? [{ ...frame, title: 'Pushes per second', series: [pushes], show: showRate }]
      : []),
    {
      ...frame,
      title: 'Load of the busiest worker',
      series: [line('load', ({ busy }) => busy)],
      show: showShare,
      top: 1,
    },
  ];
}

function footnote({ timeline }: RobotReport): string {
  return `Charts have a point for every ${showSpan(timeline.stepMs)}. Times are those that a player sees, by the clock of the worker process; the ones of errors that were answered are among them. Where a worker is near 100 %, times are its own in part.`;
}
