import type { Principal } from '@pomelo-ts/cluster';
import { type Clock, isPomeloError, type Logger, reasonOf } from '@pomelo-ts/common';
import { type Needs, OperationTurns, type Widen } from './turns.js';

/** What is about to be done, by whom. */
export interface Order {
  readonly verb: string;
  readonly principal: Principal;
  /** What it is about, such as `chat-1, chat-2`; empty where the verb tells all. */
  readonly target: string;
  /** Whether anything is different afterwards. */
  readonly changes: boolean;
  /** Only what had an effect is logged, once it is over. @default all that changes something */
  hadEffect?(result: unknown): boolean;
  /** What it has for itself; undefined when it needs nothing and waits for nobody. */
  readonly needs: Needs | undefined;
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
}

/** Has operations carried out when it is their turn, and writes into the master's log who has asked for what and what came of it. */
export class Conduct {
  readonly #parts: ConductParts;
  readonly #turns = new OperationTurns();

  constructor(parts: ConductParts) {
    this.#parts = parts;
  }

  /** @throws what `work` throws; MASTER_BUSY */
  async run<T>(order: Order, work: (widen: Widen) => Promise<T>): Promise<T> {
    if (!order.changes) return this.#inTurn(order, work);
    const { clock, logger } = this.#parts;
    const facts = factsOf(order);
    const begun = clock.now();
    const ms = () => Math.round(clock.now() - begun);
    let began = false;
    if (!order.hadEffect) logger.info('An operation begins.', facts);
    try {
      const result = await this.#inTurn(order, (widen) => {
        began = true;
        return work(widen);
      });
      if (order.hadEffect?.(result) !== false)
        logger.info('An operation is over.', { ...facts, result: 'done', ms: ms() });
      return result;
    } catch (error) {
      if (began)
        logger.info('An operation is over.', { ...facts, result: 'failed', ...whyOf(error), ms: ms() });
      else this.refused(order, error);
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

  /** Tells of somebody who was not let do something. */
  refused(order: Pick<Order, 'verb' | 'principal' | 'target'>, error: unknown): void {
    this.#parts.logger.info('An operation was refused.', { ...factsOf(order), ...whyOf(error) });
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
