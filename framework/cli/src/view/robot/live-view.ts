import { type RobotReport, showCount, showRate, showShare, showSpan } from '@pomelo-ts/client/robot';
import { paintFor, type Terminal } from '../../terminal.js';
import { redrawer } from '../redraw.js';
import type { RobotView } from './robot-view.js';
import { errorLines, rowTable } from './tables.js';

/** Lines beside the tables, and the one of the cursor. */
const otherLines = 7;

/** Draws the run over what was drawn of it before. */
export function liveView(terminal: Terminal): RobotView {
  const draw = redrawer();
  let shown = '';
  return {
    show(report) {
      shown = screenOf(report, terminal);
      draw(shown);
    },
    print(line) {
      draw('');
      terminal.out(line);
      draw(shown);
    },
    end: () => draw(''),
  };
}

function screenOf(report: RobotReport, terminal: Terminal): string {
  const { users, settings, totals, timeline, elapsedMs } = report;
  const paint = paintFor(terminal);
  const point = timeline.points.at(-1);
  const room = Math.max((process.stdout.rows ?? 30) - otherLines, 4);
  const errors = errorLines(report, Math.min(5, Math.floor(room / 3)), paint);
  const time = showSpan(elapsedMs);
  const whole = settings.durationMs === null ? '' : ` of ${showSpan(settings.durationMs)}`;
  const states = [
    `${paint('green', String(users.active))} active`,
    `${users.connecting} connecting`,
    `${paint(users.failed > 0 ? 'red' : 'dim', String(users.failed))} failed`,
    `${users.waiting} to come`,
    ...(users.done > 0 ? [`${users.done} done`] : []),
  ];
  const figures = [
    `${showRate(point?.requestsPerSecond ?? 0)} requests`,
    `${showRate(point?.pushesPerSecond ?? 0)} pushes`,
    `${showCount(totals.errors)} errors (${showShare(totals.errorShare)})`,
    ...((point?.busy ?? 0) > 0.9 ? [paint('yellow', 'the workers are busy')] : []),
  ];
  return [
    `${paint('bold', report.script)}  ${time}${whole}`,
    `users: ${states.join(', ')}`,
    figures.join(', '),
    '',
    rowTable(report, room - errors.length, paint),
    ...(errors.length > 0 ? ['', ...errors] : []),
  ].join('\n');
}
