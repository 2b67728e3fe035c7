import { type Clock, isPomeloError, type Logger, reasonOf } from '@pomelo-ts/common';
import { networkOf } from '@pomelo-ts/common/internal';
import type { AuditEntry } from './audit-record.js';
import { Refusals } from './refusals.js';

/** What {@link AccountRecords} work with. */
export interface AccountRecordsParts {
  readonly audit: { append(entry: AuditEntry): number };
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What somebody does with an account. */
type Act = Pick<AuditEntry, 'verb' | 'by' | 'from' | 'target'>;

/** Refusals that are written at once, of all networks together. */
const mostAtOnce = 200;
/** How often those are told that were not written, in ms. */
const tellMs = 60_000;
const longestReason = 500;

/** Writes down who signs in, who leaves, and who was not let in. */
export class AccountRecords {
  readonly #parts: AccountRecordsParts;
  readonly #ofNetwork: Refusals;
  readonly #ofAll: Refusals;
  /** Refusals that were not written, by the network that they came from. */
  readonly #unwritten = new Map<string, number>();
  #cancel: (() => void) | undefined;

  constructor(parts: AccountRecordsParts) {
    this.#parts = parts;
    this.#ofNetwork = new Refusals(parts.clock);
    this.#ofAll = new Refusals(parts.clock, mostAtOnce);
  }

  /** @throws AUDIT_UNWRITABLE */
  done(act: Act): void {
    this.#parts.audit.append(entryOf(act, { result: 'done' }));
    this.#parts.logger.info('Something was done with an account.', { ...act });
  }

  told(act: Act): void {
    try {
      this.done(act);
    } catch (error) {
      this.#parts.logger.error('What was done with an account is not in the audit log.', { ...act, error });
    }
  }

  refused(act: Act, error: unknown): void {
    const network = networkOf(act.from ?? '');
    if (this.#ofNetwork.note(network) === undefined || this.#ofAll.note('all') === undefined) {
      this.#count(network);
      return;
    }
    const reason = reasonOf(error).slice(0, longestReason);
    this.#note(act, { ...(isPomeloError(error) && { code: error.code }), reason });
  }

  /** Tells what was not written yet. */
  close(): void {
    this.#tell();
  }

  #count(network: string): void {
    const known = this.#unwritten.has(network) || this.#unwritten.size < mostAtOnce;
    const key = known ? network : 'more networks';
    this.#unwritten.set(key, (this.#unwritten.get(key) ?? 0) + 1);
    this.#cancel ??= this.#parts.clock.every(tellMs, () => this.#tell());
  }

  #tell(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#unwritten.size === 0) return;
    const networks = [...this.#unwritten].sort(([, a], [, b]) => b - a);
    this.#unwritten.clear();
    const count = networks.reduce((sum, [, one]) => sum + one, 0);
    const most = networks.slice(0, 5).map(([network, one]) => `${network}: ${one}`);
    const reason = `${count} more were refused in ${tellMs / 1000} s, from ${networks.length} networks (${most.join(', ')})`;
    this.#note({ verb: 'session.begin', by: '(many)' }, { reason });
  }

  #note(act: Act, why: { readonly code?: string; readonly reason: string }): void {
    const { audit, logger } = this.#parts;
    logger.warn('Somebody was not let in to the admin.', { ...act, ...why });
    try {
      audit.append(entryOf(act, { result: 'refused', ...why }));
    } catch (error) {
      logger.error('Who was not let in to the admin is not in the audit log.', { error });
    }
  }
}

const entryOf = (
  { verb, by, from, target }: Act,
  what: Pick<AuditEntry, 'result' | 'code' | 'reason'>,
): AuditEntry => ({
  verb,
  by,
  via: from === undefined ? 'master' : 'http',
  ...(from !== undefined && { from }),
  ...(target !== undefined && { target }),
  ...what,
});
