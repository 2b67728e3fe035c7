/**
 * What operators see of a cluster, without a terminal, a page or a master in it: the master makes pages of views, and whoever shows them
 * applies deltas and has numbers as text.
 *
 * @packageDocumentation
 */
export type { Cell, Column, ColumnKind, Row } from './column.js';
export { type BusyFunction, busiest, type CpuProfile, placeOf } from './cpu-profile.js';
export { pageCsv } from './csv.js';
export { applyDelta, deltaOf, type PageDelta } from './delta.js';
export { escaped, escapedLines } from './escaped.js';
export { type Filter, FilterError, type MakeMatcher, type Matcher, parseFilter } from './filter.js';
export { columnsThatFit, type Room } from './fit.js';
export { type LogRecord, logRecord } from './log-record.js';
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
  groupings,
  longestFilter,
  mostRows,
  usualQuery,
  type ViewQuery,
  type Window,
  windowSeconds,
  windows,
} from './query.js';
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
export { crashesWithinMs, thresholds } from './thresholds.js';
export { askedBy, columnsOf, type View, type ViewName, viewNames, views } from './views.js';
