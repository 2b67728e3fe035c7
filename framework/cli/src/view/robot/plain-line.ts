import {
  type RobotReport,
  showCount,
  showRate,
  showShare,
  showSpan,
  showTime,
} from '@pomelo-ts/client/robot';

/** How a run stands, in one line. */
export function plainLine({ elapsedMs, users, settings, timeline, totals }: RobotReport): string {
  const point = timeline.points.at(-1);
  const { p50, p95, p99 } = totals;
  const parts = [
    `${showSpan(elapsedMs)}:`,
    `${users.active + users.connecting} of ${settings.users} users,`,
    ...(users.failed > 0 ? [`${users.failed} failed,`] : []),
    `${showCount(totals.requests)} requests (${showRate(point?.requestsPerSecond ?? 0)}),`,
    `p50 ${showTime(p50)} p95 ${showTime(p95)} p99 ${showTime(p99)},`,
    `${showCount(totals.errors)} errors (${showShare(totals.errorShare)})`,
  ];
  return parts.join(' ');
}
