import { randomBytes } from 'node:crypto';
import { type Clock, PomeloError } from '@pomelo-ts/common';
import type { Permit } from '../accounts/permit.js';

/** Most changes that wait at once, in all and of one person. */
const [mostWaiting, mostOfOne] = [100, 10];

/** How changes are approved; see `admin.approvals` of `master.json`. */
export interface ApprovalSettings {
  /** How many persons a change takes: with one nothing waits. */
  readonly persons: number;
  /** How long a change waits, in ms. */
  readonly timeoutMs: number;
  /** Verbs that need a second person beside those of which the table of operations says so; `servers.*` are all that begin so. */
  readonly verbs: readonly string[];
}

/** A change that waits for a second person. */
export interface ApprovalRow {
  /** Names it; nobody can know it before. */
  readonly id: string;
  readonly verb: string;
  /** Who asks for it. */
  readonly by: string;
  readonly target?: string;
  /** What is asked for in full, without secrets. */
  readonly args: object;
  /** In ms since 1970. */
  readonly asked: number;
  readonly until: number;
}

/** A change that somebody asks for. */
export type ApprovalRequest = Pick<ApprovalRow, 'verb' | 'by' | 'target' | 'args'>;

/** What {@link Approvals} work with. */
export interface ApprovalsParts {
  settings(): ApprovalSettings;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  wallTime(): number;
}

/** Tells whether somebody with a permit may ask for the same. @throws what keeps them from it */
export type MayAsk = (permit: Permit) => void;

interface Waiting {
  readonly row: ApprovalRow;
  readonly mayAsk: MayAsk;
  end(outcome: { readonly by: string } | Error): void;
}

/** Changes that one person has asked for, and that another one must approve. They end with the master, as whoever asks waits for them. */
export class Approvals {
  readonly #parts: ApprovalsParts;
  readonly #waiting = new Map<string, Waiting>();

  constructor(parts: ApprovalsParts) {
    this.#parts = parts;
  }

  /** All that wait, the oldest first. */
  get rows(): readonly ApprovalRow[] {
    return [...this.#waiting.values()].map(({ row }) => row);
  }

  /** Whether an operation takes a second person. @param isGrave whether the table of operations says so of it */
  needed(verb: string, isGrave: boolean): boolean {
    const { persons, verbs } = this.#parts.settings();
    if (persons < 2 || verb.startsWith('approvals.')) return false;
    const isNamed = (one: string) => (one.endsWith('*') ? verb.startsWith(one.slice(0, -1)) : verb === one);
    return isGrave || verbs.some(isNamed);
  }

  /** A change that is about to wait. @throws MASTER_BUSY when too many do */
  begin(request: ApprovalRequest): ApprovalRow {
    this.#requireRoom(request.by);
    const asked = this.#parts.wallTime();
    return {
      id: randomBytes(4).toString('hex'),
      ...request,
      asked,
      until: asked + this.#parts.settings().timeoutMs,
    };
  }

  /**
   * Waits until somebody approves; gives their name.
   *
   * @param gone aborted when whoever asks waits no more: then it is withdrawn
   * @throws APPROVAL_REFUSED, APPROVAL_EXPIRED
   */
  async wait(row: ApprovalRow, mayAsk: MayAsk, gone: AbortSignal): Promise<string> {
    const { id, verb, by } = row;
    const { timeoutMs } = this.#parts.settings();
    const outcome = new Promise<{ readonly by: string } | Error>((end) => {
      this.#waiting.set(id, { row, mayAsk, end });
    });
    const end = (error: Error) => {
      const waiting = this.#waiting.get(id);
      if (waiting) this.#end(waiting, error);
    };
    const minutes = Math.ceil(timeoutMs / 60_000);
    const cancel = this.#parts.clock.after(timeoutMs, () =>
      end(new PomeloError('APPROVAL_EXPIRED', { id, verb, minutes })),
    );
    const leave = () =>
      end(new PomeloError('APPROVAL_REFUSED', { id, verb, by, reason: 'whoever asked waits no more' }));
    gone.addEventListener('abort', leave, { once: true });
    if (gone.aborted) leave();
    const ended = await outcome;
    cancel();
    gone.removeEventListener('abort', leave);
    if (ended instanceof Error) throw ended;
    return ended.by;
  }

  /** Whoever decides about a change must be one who may ask for it. @throws APPROVAL_MISSING; what keeps them from it */
  requireMay(id: string, permit: Permit): void {
    this.#require(id).mayAsk(permit);
  }

  /** Has a change go on. @param by who approves @throws APPROVAL_MISSING, APPROVAL_OWN */
  approve(id: string, by: string): ApprovalRow {
    const waiting = this.#require(id);
    if (waiting.row.by === by) throw new PomeloError('APPROVAL_OWN', { id });
    this.#end(waiting, { by });
    return waiting.row;
  }

  /** Has a change end undone; who asked for it withdraws it so, too. @throws APPROVAL_MISSING */
  refuse(id: string, by: string, reason: string): ApprovalRow {
    const waiting = this.#require(id);
    const { verb } = waiting.row;
    this.#end(waiting, new PomeloError('APPROVAL_REFUSED', { id, verb, by, reason }));
    return waiting.row;
  }

  /** Nothing is approved any more: whoever waits is told. */
  close(): void {
    for (const waiting of [...this.#waiting.values()]) {
      const { id, verb } = waiting.row;
      const facts = { id, verb, by: 'the master', reason: 'it ends' };
      this.#end(waiting, new PomeloError('APPROVAL_REFUSED', facts));
    }
  }

  /** What was decided once is decided. */
  #end({ row, end }: Waiting, outcome: { readonly by: string } | Error): void {
    this.#waiting.delete(row.id);
    end(outcome);
  }

  #require(id: string): Waiting {
    const waiting = this.#waiting.get(id);
    if (!waiting) throw new PomeloError('APPROVAL_MISSING', { id });
    return waiting;
  }

  #requireRoom(by: string): void {
    const own = this.rows.filter((row) => row.by === by).length;
    if (own < mostOfOne && this.#waiting.size < mostWaiting) return;
    throw new PomeloError('MASTER_BUSY', {
      operation: `${own} changes of ${by} that wait for a second person`,
    });
  }
}
