import type { Principal } from '@pomelo-ts/cluster';
import { type Clock, isPomeloError, type Logger, reasonOf } from '@pomelo-ts/common';
import type { AuditEntry } from '../audit/audit-record.js';
import { Looks } from '../audit/looks.js';
import { redacted } from '../audit/redacted.js';
import { Refusals } from '../audit/refusals.js';
import type { Acting } from '../servers/acting.js';
import type { Compared } from './compared.js';
import { type Needs, OperationTurns, type Widen } from './turns.js';

/** What is about to be done, by whom. */
export interface Order {
  readonly verb: string;
  readonly principal: Principal;
  /** What it is about, such as `chat-1, chat-2`; empty where the verb tells all. */
  readonly target: string;
  /** Whether anything is different afterwards. */
  readonly changes: boolean;
  /** What was asked for in full. */
  readonly args?: object;
  /** Whether it shows what somebody's own is, and is written down though it changes nothing. */
  readonly personal?: boolean;
  /** Only what had an effect is logged, once it is over. @default all that changes something */
  hadEffect?(result: unknown): boolean;
  /** Looks at what it changes, right before it is carried out; what that gives tells afterwards what has changed. */
  compare?(): (result: unknown) => Compared;
  /** What it has for itself; undefined when it needs nothing and waits for nobody. */
  readonly needs: Needs | undefined;
  /** The second person that has approved it. */
  readonly approvedBy?: string;
  /** Of a long operation. */
  readonly operationId?: number;
  /** See {@link TurnRequest.aside}. */
  aside?(): string;
  onWait(operation: string): void;
  readonly signal?: AbortSignal;
}

/** What {@link Conduct} works with. */
export interface ConductParts {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where all that is asked for is written down. */
  readonly audit: { append(entry: AuditEntry): number };
  /** Told which servers are changed, and by whom. */
  readonly acting?: Pick<Acting, 'begin'>;
}

/** Who holds the key of operators can end processes without this master, too: a full disk must not keep them from it. */
const unaudited: ReadonlySet<string> = new Set(['cli', 'master', 'link']);

/** Has operations carried out when it is their turn, and writes into the master's log who has asked for what and what came of it. */
export class Conduct {
  readonly #parts: ConductParts;
  readonly #turns = new OperationTurns();
  readonly #refusals: Refusals;
  readonly #looks: Looks;

  constructor(parts: ConductParts) {
    this.#parts = parts;
    this.#refusals = new Refusals(parts.clock);
    this.#looks = new Looks(parts);
  }

  /** @throws what `work` throws; MASTER_BUSY, AUDIT_UNWRITABLE */
  async run<T>(order: Order, work: (widen: Widen) => Promise<T>): Promise<T> {
    if (!order.changes) return this.#look(order, work);
    const { clock, logger } = this.#parts;
    const facts = factsOf(order);
    const begun = clock.now();
    const ms = () => Math.round(clock.now() - begun);
    let began = false;
    let compared: ((result: unknown) => Compared) | undefined;
    const record = order.hadEffect ? undefined : this.#note(order, { result: 'begun' });
    if (!order.hadEffect) logger.info('An operation begins.', facts);
    try {
      const result = await this.#inTurn(order, (widen) => {
        began = true;
        compared = orNothing(() => order.compare?.()); // what it is about may not be there: the work itself tells
        return this.#act(order, () => work(widen));
      });
      if (order.hadEffect?.(result) !== false) {
        logger.info('An operation is over.', { ...facts, result: 'done', ms: ms() });
        const values = orNothing(() => compared?.(result));
        this.#noteEnd(order, { ...valuesOf(values), result: 'done', ms: ms() }, record);
      }
      return result;
    } catch (error) {
      const why = whyOf(error);
      if (began) {
        logger.info('An operation is over.', { ...facts, result: 'failed', ...why, ms: ms() });
        this.#noteEnd(order, { result: 'failed', ...why, ms: ms() }, record);
      } else this.refused(order, error, record);
      throw error;
    }
  }

  /** Has it known who has which servers changed. */
  #act<T>({ needs, verb, principal }: Order, work: () => Promise<T>): Promise<T> {
    const { acting } = this.#parts;
    if (!needs || !acting) return work();
    const end = acting.begin(needs.servers, `${verb.split('.')[1]} by ${principal.name}`);
    return work().finally(end);
  }

  async #look<T>(order: Order, work: (widen: Widen) => Promise<T>): Promise<T> {
    if (order.personal)
      this.#looks.note(entryOf(order, { result: 'done' }), (entry) =>
        this.#write(entry, order.principal.via),
      );
    return this.#inTurn(order, work);
  }

  /**
   * Has a change wait for a second person, whose name `wait` gives, and writes down that it does and how that ends.
   *
   * @throws AUDIT_UNWRITABLE; what `wait` throws
   */
  async approved(asked: Asked, wait: () => Promise<string>): Promise<string> {
    const record = this.#note(asked, { result: 'begun' });
    try {
      const approvedBy = await wait();
      this.#noteEnd(asked, { result: 'done', approvedBy }, record);
      return approvedBy;
    } catch (error) {
      this.refused(asked, error, record);
      throw error;
    }
  }

  /** Begins the last operation; see {@link OperationTurns.beginLast}. @throws MASTER_BUSY */
  beginLast(order: Order, interrupt: boolean): void {
    try {
      this.#turns.beginLast(nameOf(order), interrupt);
    } catch (error) {
      this.refused(order, error);
      throw error;
    }
  }

  /** Tells of somebody who was not let do something; of many such times in a short while it tells the number. */
  refused(order: Asked, error: unknown, record?: number): void {
    const { name, via } = order.principal;
    const unwritten = record === undefined ? this.#refusals.note(`${via} ${name}`) : 0;
    if (unwritten === undefined) return;
    const { code, reason } = whyOf(error);
    const more = unwritten > 0 ? ` (and ${unwritten} more refusals before this one)` : '';
    const why = { ...(code !== undefined && { code }), reason: reason + more };
    this.#parts.logger.info('An operation was refused.', { ...factsOf(order), ...why });
    if (why.code !== 'AUDIT_UNWRITABLE') this.#noteEnd(order, { result: 'refused', ...why }, record);
  }

  #note(order: Asked, what: Outcome): number | undefined {
    return this.#write(entryOf(order, what), order.principal.via);
  }

  /** What cannot be written down is not done, but for those who need no master to do it. @throws AUDIT_UNWRITABLE */
  #write(entry: AuditEntry, via: string): number | undefined {
    try {
      return this.#parts.audit.append(entry);
    } catch (error) {
      if (!unaudited.has(via)) throw error;
      const { verb } = entry;
      this.#parts.logger.error('What an operator asks for is not in the audit log.', { verb, error });
      return undefined;
    }
  }

  /** Writes down what was not yet: how often somebody has looked. */
  close(): void {
    this.#looks.close();
  }

  /** What is over cannot be refused any more. */
  #noteEnd(order: Asked, what: Outcome, begun: number | undefined): void {
    try {
      const { args: _, ...short } = entryOf(order, what);
      const entry = begun === undefined ? entryOf(order, what) : { ...short, begun };
      this.#parts.audit.append(entry);
    } catch (error) {
      this.#parts.logger.error('How an operation ended is not in the audit log.', {
        verb: order.verb,
        error,
      });
    }
  }

  #inTurn<T>(order: Order, work: (widen: Widen) => Promise<T>): Promise<T> {
    const { needs, onWait, signal, aside } = order;
    if (!needs) return work(() => {});
    return this.#turns.take({ name: nameOf(order), needs, onWait, signal, ...(aside && { aside }) }, work);
  }
}

/** `start of chat-1, chat-2`, for who is told to wait for it. */
function nameOf({ verb, target, operationId }: Order): string {
  const [what, act] = verb.split('.');
  const of = target || (what === 'servers' ? what : `the ${what}`);
  return `${act} of ${of}${operationId === undefined ? '' : ` (operation ${operationId})`}`;
}

/** What is known of an order before it may begin. */
type Asked = Pick<Order, 'verb' | 'principal' | 'target' | 'args' | 'approvedBy'>;
type Outcome = Pick<AuditEntry, 'was' | 'is' | 'result' | 'code' | 'reason' | 'ms' | 'approvedBy'>;

const entryOf = (
  { verb, principal: { name, via, from }, target, args, approvedBy }: Asked,
  what: Outcome,
): AuditEntry => ({
  verb,
  by: name,
  via,
  ...(from !== undefined && { from }),
  ...(target !== '' && { target }),
  ...(args && { args: redacted(args) }),
  ...(approvedBy !== undefined && { approvedBy }),
  ...what,
});

const factsOf = ({
  verb,
  principal: { name, via },
  target,
  operationId,
}: Pick<Order, 'verb' | 'principal' | 'target'> & { readonly operationId?: number }) => ({
  verb,
  by: name,
  via,
  ...(target !== '' && { target }),
  ...(operationId !== undefined && { operationId }),
});

/** Most that is written of what was before, and of what is afterwards, in characters of JSON. */
const mostOfValues = 2048;

const valuesOf = ({ was, is }: Partial<Compared> = {}): Pick<AuditEntry, 'was' | 'is'> => ({
  ...(was && { was: redacted(was, mostOfValues) }),
  ...(is && { is: redacted(is, mostOfValues) }),
});

/** A record without values is worth more than none. */
function orNothing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Longest reason that is written: it may name many servers. */
const longestReason = 500;

function whyOf(error: unknown): { readonly code?: string; readonly reason: string } {
  const reason = reasonOf(error).slice(0, longestReason);
  return isPomeloError(error) ? { code: error.code, reason } : { reason };
}

/** `chat-1, chat-2`, `all servers` or `12 servers`. */
export function targetOf(ids: readonly string[], total: number): string {
  if (ids.length > 0 && ids.length === total) return 'all servers';
  return ids.length <= 3 ? ids.join(', ') : `${ids.length} servers`;
}
