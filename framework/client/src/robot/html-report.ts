import type { RobotReport } from './report.js';

export function htmlReport(report: RobotReport): string {
  return JSON.stringify(report);
}
