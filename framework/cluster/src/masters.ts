/* For sister packages: what masters and command lines need beside what servers do, which load none of it. */

export {
  type BlacklistChange,
  type BlacklistWord,
  bitsOf,
  bitsRange,
  type Network,
  networkText,
  readNetwork,
} from './blacklist.js';
export { readBuildId } from './build-id.js';
export { fileOptionsOf, findMissingFiles } from './config/arg-files.js';
export { isSameHost } from './config/canonical-host.js';
export { fieldInFile, pathInFile, valueInFile } from './config/file-names.js';
export { type RecordsReceiverKind, recordsAddressExpected } from './config/records-address.js';
export { RevisionFile, type RevisionFileOptions } from './coordination/revisions.js';
export { SignedStore, type SignedStoreOptions } from './coordination/signed-store.js';
export type { LinkHubEvents, LinkHubOptions } from './hub/hub-options.js';
export type { OperatorCall, OperatorHandler } from './hub/operator-link.js';
export { StandbyHub, type StandbyHubOptions } from './hub/standby-hub.js';
export { LinkHub } from './hub.js';
export { linkVersion } from './link/handshake.js';
export { readPrincipal } from './link/principal.js';
export type { LogPosition } from './log/file-lines.js';
export { logStart, readLog } from './log/log-file.js';
export { type LogFilter, lineMatcher, marksLines, mostAround, recordLevels } from './log/log-filter.js';
export { type LogPart, type LogRequest, partBytes, partLines } from './log/log-part.js';
export type { ToldMeasure, ToldMeasures } from './measures/told-measures.js';
export { readJumps } from './ssh-jump.js';
