import { showCount, showRate, showSpan, showTime } from '../figures.js';
import type { ReportRow, RobotReport } from '../report.js';
import { html, type Markup } from './markup.js';

/** Of more messages a reader learns nothing; the JSON has them all. */
const mostErrors = 50;

type Figures = Pick<ReportRow, 'count' | 'perSecond' | 'errors' | 'p50' | 'p95' | 'p99' | 'mean' | 'max'>;

export function rowTable({ rows, totals }: RobotReport): Markup {
  const requests = rows.filter(({ kind }) => kind === 'request');
  const errors = requests.reduce((sum, row) => sum + row.errors, 0);
  const all = { ...totals, count: totals.requests, perSecond: totals.requestsPerSecond, errors };
  return html`<div class="card"><table id="rows"><thead><tr><th class="text">Route or step</th><th class="text"></th><th>Count</th><th>Rate</th><th>p50</th><th>p95</th><th>p99</th><th>Mean</th><th>Max</th><th>Errors</th></tr></thead><tbody>
${rows.map((row) => html`<tr><th class="text" scope="row">${row.name}</th><td class="text kind">${row.kind === row.name ? '' : row.kind}</td>${figures(row)}</tr>\n`)}</tbody><tfoot><tr><th class="text" scope="row">all requests</th><td></td>${figures(all)}</tr></tfoot></table></div>
`;
}

function figures(row: Figures): Markup {
  const { count, perSecond, p50, p95, p99, mean, max, errors } = row;
  const times = max === 0 ? ['–', '–', '–', '–', '–'] : [p50, p95, p99, mean, max].map(showTime);
  return html`<td>${showCount(count)}</td><td>${showRate(perSecond)}</td>${times.map((time) => html`<td>${time}</td>`)}<td${errors > 0 ? html` class="bad"` : undefined}>${showCount(errors)}</td>`;
}

export function thresholdTable({ thresholds }: RobotReport): Markup | undefined {
  if (thresholds.length === 0) return undefined;
  const rows = thresholds.map(
    ({ text, holds, got }) =>
      html`<tr><td class="text ${holds ? 'good' : 'bad'}">${holds ? '✔ holds' : '✘ fails'}</td><th class="text" scope="row">${text}</th><td class="text">${got}</td></tr>\n`,
  );
  return html`<h2>Thresholds</h2>
<div class="card"><table id="thresholds"><thead><tr><th class="text"></th><th class="text">What must hold</th><th class="text">What came</th></tr></thead><tbody>
${rows}</tbody></table></div>
`;
}

export function errorTable({ errors }: RobotReport): Markup | undefined {
  if (errors.length === 0) return undefined;
  const rows = errors
    .slice(0, mostErrors)
    .map(
      ({ where, message, count, firstMs, lastMs }) =>
        html`<tr><td class="bad">${showCount(count)}</td><th class="text" scope="row">${where}</th><td class="text">${message}</td><td>${showSpan(firstMs)}</td><td>${showSpan(lastMs)}</td></tr>\n`,
    );
  const more = errors.length - rows.length;
  return html`<h2>Errors</h2>
<div class="card"><table id="errors"><thead><tr><th>Count</th><th class="text">Where</th><th class="text">Message</th><th>First</th><th>Last</th></tr></thead><tbody>
${rows}</tbody></table></div>
${more > 0 ? html`<p class="facts">and ${more} more messages, which the report in JSON has</p>` : undefined}`;
}

const kinds: Readonly<Record<string, string>> = {
  notify: 'sent without an answer',
  heard: 'push heard',
  counter: 'counted by the script',
  unanswered: 'cut off by the end of the run',
};

export function countTable({ counts }: RobotReport): Markup | undefined {
  const shown = counts.filter(({ kind }) => kinds[kind] !== undefined);
  if (shown.length === 0) return undefined;
  const rows = shown.map(
    ({ kind, name, count, perSecond }) =>
      html`<tr><th class="text" scope="row">${name}</th><td class="text kind">${kinds[kind]}</td><td>${showCount(count)}</td><td>${showRate(perSecond)}</td></tr>\n`,
  );
  return html`<h2>Counted</h2>
<div class="card"><table id="counts"><thead><tr><th class="text">Route or counter</th><th class="text"></th><th>Count</th><th>Rate</th></tr></thead><tbody>
${rows}</tbody></table></div>
`;
}
