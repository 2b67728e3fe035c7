/**
 * What operators see of a cluster, without a terminal, a page or a master in it: the master makes pages of views, and whoever shows them
 * applies deltas and has numbers as text.
 *
 * @packageDocumentation
 */

export { changeText, reasonGiven } from './changed-values.js';
export type { Cell, Column, ColumnKind, Row } from './column.js';
export { type BusyFunction, busiest, type CpuProfile, placeOf } from './cpu-profile.js';
export { linesCsv, pageCsv } from './csv.js';
export { applyDelta, deltaOf, type PageDelta } from './delta.js';
export { escaped, escapedLines } from './escaped.js';
export { clusterQueries, serverQueries } from './figure-queries.js';
export { type Filter, FilterError, type MakeMatcher, type Matcher, parseFilter } from './filter.js';
export { columnsThatFit, type Room } from './fit.js';
export {
  type HostDisk,
  type HostMachine,
  type HostPage,
  type HostServer,
  hostDiskCells,
  hostDiskHeads,
  hostServerCells,
  hostServerHeads,
} from './host-page.js';
export { type LogFilterArgs, logLevels, mostLinesAround, parseLogFilter } from './log-filter.js';
export { inOrderOfTime, type LogLine, logLinesOf, logTimeOf } from './log-lines.js';
export { type LogRecord, logRecord } from './log-record.js';
export {
  type MeasuredHead,
  type MeasuredPart,
  type MeasuredTable,
  MeasuredTables,
  measuredParts,
  type ServerMeasures,
  type ToldNumber,
  type ToldTiming,
} from './measured.js';
export { leftOutFirst } from './narrow.js';
export { type Page, Selection, select } from './page.js';
export {
  type Condition,
  clusterFigures,
  type Happening,
  happenedBetween,
  type Past,
  type PastSpan,
  pastSpans,
  serverFigures,
} from './past.js';
export {
  type ProblemFacts,
  type ProblemName,
  problemWords,
  type ReadProblem,
  readProblem,
  sayProblem,
} from './problem-words.js';
export {
  groupings,
  longestFilter,
  mostRows,
  usualQuery,
  type ViewQuery,
  type Window,
  windowSeconds,
  windows,
} from './query.js';
export {
  type ConfigLine,
  type ConfigPart,
  configParts,
  type RunningValue,
  type ServerConfig,
} from './server-config.js';
export { severities } from './severities.js';
export {
  showAge,
  showBytes,
  showCell,
  showCount,
  showPast,
  showRate,
  showSeconds,
  showShare,
  showTime,
} from './show.js';
export { moodOf, type StateMood, signOf } from './sign.js';
export { type Problem, pastPoints, type Summary } from './summary.js';
export { crashesWithinMs, faultMinutes, thresholds } from './thresholds.js';
export { type EndedTrace, type ToldTrace, traceEnd, traceLines } from './trace-lines.js';
export { askedBy, columnsOf, type View, type ViewName, viewNames, views } from './views.js';
