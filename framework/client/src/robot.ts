export {
  defineRobot,
  type RobotScript,
  type RunDefaults,
  type RunInfo,
  type Target,
} from './robot/definition.js';
export { showCount, showRate, showShare, showSpan, showTime } from './robot/figures.js';
export { htmlReport } from './robot/html-report.js';
export type { Verdict } from './robot/judge.js';
export type {
  ReportCount,
  ReportPoint,
  ReportRow,
  RobotReport,
  Times,
} from './robot/report.js';
export type { AnyRobot, ContractRobot, ExpectOptions, FreeRobot, Robot } from './robot/robot.js';
export { RobotError } from './robot/robot-error.js';
export { type RobotRun, type RobotRunOptions, runRobots } from './robot/run.js';
