export { type BackOffOptions, backOff, type Clock, delay, systemClock } from './clock.js';
export { parseDuration, parseSize } from './duration.js';
export {
  type ErrorCode,
  type ErrorData,
  type ErrorFacts,
  type ErrorRow,
  errorTable,
  isPomeloError,
  PomeloError,
  reasonOf,
} from './errors.js';
export { rendezvous } from './hash.js';
export { newBootId } from './ids.js';
export { type LogFacts, type Logger, type LogLevel, logLevels, silentLogger } from './logger.js';
export {
  bucketEdges,
  type ClosedLabel,
  Counter,
  exposedName,
  Gauge,
  type HandleOf,
  type HandlesOf,
  Histogram,
  type MeasureDefinition,
  type MeasureKind,
  type MeasureOwner,
  Measures,
  type MeasureTable,
  type MeasureUnit,
  type OpenHandles,
  type OpenLabel,
} from './measures.js';
