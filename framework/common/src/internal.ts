export {
  type FrameSink,
  FrameSplitter,
  type FrameSplitterOptions,
  frame,
  frameHeadBytes,
} from './framing.js';
export { LifeSigns, type LifeSignsOptions, type LifeVerdict } from './life-signs.js';
export { nearest } from './nearest.js';
export { createLogger, type LoggerOptions } from './pino-logger.js';
export { type PortHolder, portHolder, showPortHolder } from './port-holder.js';
export { newNonce, prove, sameProof } from './proof.js';
export { makeFolder, replaceFile } from './replace-file.js';
export { type Flushable, TickFlusher } from './tick-flusher.js';
export { watchFiles } from './watch-files.js';
