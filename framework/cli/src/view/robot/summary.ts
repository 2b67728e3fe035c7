import { type RobotReport, showCount, showRate, showShare, showSpan } from '@pomelo-ts/client/robot';
import { type Paint, paintFor, type Terminal } from '../../terminal.js';
import { count } from '../units.js';
import { errorLines, figureTable, oneLine, rowTable, titleOf } from './tables.js';

const ends = { done: 'all have played', duration: 'the time was over', stopped: 'stopped before its time' };

/** What a run came to, for the end of the terminal. */
export function robotSummary(report: RobotReport, written: readonly string[], terminal: Terminal): string {
  const paint = paintFor(terminal);
  const { settings, totals, elapsedMs, ended, warnings, counts } = report;
  const counters = counts.filter(({ kind }) => kind === 'counter' || kind === 'notify' || kind === 'heard');
  const names = { counter: '', notify: 'notify ', heard: 'push ' } as Record<string, string>;
  const parts = [
    `${count(settings.users, 'user')} in ${showSpan(elapsedMs)}: ${ends[ended]}`,
    `${showCount(totals.requests)} requests (${showRate(totals.requestsPerSecond)}), ${showCount(totals.errors)} errors (${showShare(totals.errorShare)}), ${showCount(totals.lostConnections)} connections lost, seed ${settings.seed}`,
    `\n${rowTable(report, Number.POSITIVE_INFINITY, paint)}`,
  ];
  if (counters.length > 0) {
    const rows = counters.map((one) => [
      titleOf(`${names[one.kind]}${one.name}`),
      showCount(one.count),
      showRate(one.perSecond),
    ]);
    parts.push(`\n${figureTable(['', 'COUNT', 'RATE'], rows, paint)}`);
  }
  const errors = errorLines(report, 10, paint);
  if (errors.length > 0) parts.push('', ...errors);
  parts.push(...verdicts(report, paint));
  parts.push(...warnings.map((warning) => `${paint('yellow', 'warning')} ${warning}`));
  parts.push(...written.map((file) => `wrote ${file}`));
  return parts.join('\n');
}

function verdicts({ thresholds }: RobotReport, paint: Paint): string[] {
  if (thresholds.length === 0) return [];
  const lines = thresholds.map(({ text, holds, got }) => {
    const verdict = holds ? paint('green', 'holds') : paint('red', 'fails');
    return `${verdict} ${oneLine(`${text} (${got})`)}`;
  });
  return ['', ...lines];
}
