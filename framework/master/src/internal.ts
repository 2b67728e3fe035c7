/* For sister packages: what their servers, masters and commands need beside what users have. */

export { hashOfToken, newToken, sameHash } from './accounts/tokens.js';
export { totpAt } from './accounts/totp.js';
export { type AuditFinding, verifyAudit } from './audit/verify-audit.js';
export { type KilledElsewhere, killElsewhere } from './hosts/kill-elsewhere.js';
export { leftOnThisHost } from './hosts/left-on-this-host.js';
export { refuseOtherHosts, whyElsewhere } from './hosts/local-hosts.js';
export { type HostLook, type HostsLook, lookAtHosts } from './hosts/look-at-hosts.js';
export { checkStart } from './hosts/start-checks.js';
export { showLeader } from './leadership/leader.js';
export { leaderAt, proofOf } from './leadership/leader-at.js';
export { soleTerm } from './leadership/sole-term.js';
export { endLeftOperations } from './long-operations/end-left.js';
export { disksOf } from './processes/disks.js';
export { isNoRoom } from './processes/no-room.js';
export { beganBefore, isAlive } from './processes/process-identity.js';
export {
  belongsTo,
  holdRoot,
  masterElsewhere,
  mastersWithoutFile,
  serverElsewhere,
} from './processes/process-marks.js';
export { masterLives, RuntimeFile, type RuntimeState } from './runtime/runtime-file.js';
