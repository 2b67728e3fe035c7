import type { AuditLine } from './audit-tail.js';

/** Who takes records of an audit log. */
export interface RecordsReceiver {
  /** What stands for it in the log and in what is kept of it: nothing of its address that could be a secret. */
  readonly name: string;
  /**
   * Resolves once it has taken all of these.
   *
   * @param signal ends it, as it takes too long
   * @throws what keeps it from taking them: some of them it may have
   */
  send(lines: readonly AuditLine[], signal: AbortSignal): Promise<void>;
}
