export { type AcceptFailureParts, hearAcceptFailures } from './accept-failures.js';
export {
  dialable,
  hostIn,
  hostPort,
  isEverywhere,
  isLoopback,
  networkOf,
  plainAddress,
} from './address.js';
export { briefError, shorten } from './brief-error.js';
export { type OtherOwner, otherOwner, showOtherOwner } from './file-access.js';
export {
  type FrameSink,
  FrameSplitter,
  type FrameSplitterOptions,
  frame,
  frameHeadBytes,
} from './framing.js';
export { type HandedOutPorts, handedOutPorts } from './handed-out-ports.js';
export { hashText, Rendezvous } from './hash.js';
export { LifeSigns, type LifeSignsOptions, type LifeVerdict } from './life-signs.js';
export { lacksAddress, listenError } from './listen-error.js';
export { foldingLogger } from './log/folding-logger.js';
export { LogOutput, type LogOutputOptions } from './log/log-output.js';
export { openLog } from './log/open-log.js';
export type { KeptLog } from './log/rotated-file.js';
export { strangerLogger } from './log/stranger-logger.js';
export { type CodeClass, codeClasses, codeClassOf } from './measures/code-class.js';
export { diskMeasures } from './measures/disk-measures.js';
export { type ProcessMeasures, processMeasures } from './measures/process-measures.js';
export { type RuntimeMeasures, runtimeMeasures } from './measures/runtime-measures.js';
export {
  addCounts,
  checkDefinition,
  type Family,
  histogramSlots,
  keptShapeOf,
  longestLabelValue,
  type MeasureRow,
  mostMeasures,
  mostSlots,
  otherValue,
  shapeOf,
  snake,
} from './measures.js';
export { longestName, problemOfName, shown } from './names.js';
export { nearest } from './nearest.js';
export { openFilesLimit, roomForStrangers } from './open-files.js';
export { Pace } from './pace.js';
export { createLogger, type LoggerOptions } from './pino-logger.js';
export {
  connectionHolder,
  type PortHolder,
  placesOf,
  portHolder,
  reserving,
  showPortHolder,
} from './port-holder.js';
export { newNonce, prove, sameProof } from './proof.js';
export { readRegularFile } from './regular-file.js';
export { makeFolder, replaceFile } from './replace-file.js';
export { type Disk, DiskWatch } from './runtime/disk-watch.js';
export { type MeasuredRuntime, measureRuntime } from './runtime/measure-runtime.js';
export { secretIn } from './secret-in.js';
export { isSecretName, secretWords } from './secret-names.js';
export { type Flushable, TickFlusher } from './tick-flusher.js';
export { OwnHosts } from './trust/own-hosts.js';
export { type KeyUse, type NamedKey, SecretKeys } from './trust/secret-keys.js';
export { secureDial } from './trust/secure-dial.js';
export { SecureDoor, type SecureDoorOptions } from './trust/secure-door.js';
export { Strangers } from './trust/strangers.js';
export { watchFiles } from './watch-files.js';
