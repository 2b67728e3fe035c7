import type { StoreChange } from '@pomelo-ts/cluster';
import { backOff, type Clock, delay, type Logger } from '@pomelo-ts/common';
import { type EtcdPair, encode, keyOf, rangeOf, storedOf } from './encoding.js';
import { NoAnswer } from './exchange.js';
import { type Members, Refusal } from './members.js';
import { WatchStream } from './watch-stream.js';

/** Settings of a {@link Watch}. */
export interface WatchOptions {
  /** What all keys of the store begin with in etcd. */
  readonly prefix: string;
  /** What the watched keys begin with in etcd. */
  readonly range: string;
  onChange(change: StoreChange): void;
  onGap(): void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What a watch is told; 64-bit numbers as texts. */
export interface WatchNews {
  readonly header?: { readonly revision?: string };
  readonly created?: boolean;
  readonly canceled?: boolean;
  readonly cancel_reason?: string;
  readonly compact_revision?: string;
  readonly events?: readonly { readonly type?: 'DELETE'; readonly kv: EtcdPair }[];
}

/** How often a member is asked whether it still hears the others. */
const checkMs = 1000;
const healBackOff = { minMs: 50, maxMs: 1000 };

/** Follows the changes of some keys, from one member to the next, from the revision where it was interrupted. */
export class Watch {
  readonly #options: WatchOptions;
  readonly #members: Members;
  #stream: WatchStream | undefined;
  /** First revision that was not told yet; undefined to begin with what comes next. */
  #from: number | undefined;
  /** Whether changes were missed, and nobody was told so far. */
  #gap = false;
  #ended = false;

  constructor(options: WatchOptions, members: Members) {
    this.#options = options;
    this.#members = members;
  }

  /** Resolves when every later change will be told. @throws STORE_UNREACHABLE, Refusal */
  async begin(): Promise<void> {
    const reasons: string[] = [];
    for (let left = this.#members.count; left > 0; left--) {
      const failure = await this.#open();
      if (!failure) return;
      reasons.push(failure.message);
    }
    throw this.#members.unreachable(reasons.join('; '));
  }

  end(): void {
    this.#ended = true;
    this.#stream?.close();
  }

  /** Opens a stream to the present member; gives why it did not. @throws Refusal */
  async #open(): Promise<NoAnswer | undefined> {
    const { endpoint } = this.#members;
    const { range, clock } = this.#options;
    try {
      // Also brings a fresh token: a watch is refused without its reason when that is too old.
      await this.#members.askMember(endpoint, 'kv/range', { key: encode(range), count_only: true });
      const from = this.#from === undefined ? {} : { start_revision: String(this.#from) };
      const body = { create_request: { ...rangeOf(range), ...from } };
      const stream = new WatchStream(
        { endpoint, path: 'watch', body, token: this.#members.token },
        this.#members.agentFor(endpoint),
        { timeoutMs: checkMs, clock },
      );
      this.#stream = stream;
      await stream.opened((news) => this.#hear(news));
      if (this.#ended) stream.close();
      else this.#guard(stream, endpoint);
      return undefined;
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      this.#members.leave(endpoint);
      return error;
    }
  }

  /** A member that was cut off from the others stays connected and silent: so it is asked now and then for what only all know. */
  #guard(stream: WatchStream, endpoint: string): void {
    const check = { key: encode(this.#options.range), count_only: true };
    const stop = this.#options.clock.every(checkMs, () => {
      this.#members.askMember(endpoint, 'kv/range', check).catch((error: Error) => {
        this.#members.leave(endpoint);
        stream.close(error);
      });
    });
    void stream.closed.then((error) => {
      stop();
      if (this.#ended) return;
      this.#options.logger.warn('A watch of the coordination store was interrupted.', { error });
      void this.#heal();
    });
  }

  async #heal(): Promise<void> {
    const { clock, logger } = this.#options;
    for (let attempt = 0; !this.#ended && !this.#members.closed; attempt++) {
      try {
        if (!(await this.#open())) return;
      } catch (error) {
        logger.warn('A watch of the coordination store is refused; trying again.', { error });
      }
      await delay(backOff(attempt, healBackOff), clock);
    }
  }

  #hear(news: WatchNews): void {
    if (this.#ended) return;
    if (news.canceled) {
      this.#cancelled(news);
      return;
    }
    if (news.created) {
      this.#from ??= Number(news.header?.revision) + 1;
      if (this.#gap) this.#options.onGap();
      this.#gap = false;
    }
    const { prefix, onChange } = this.#options;
    for (const { type, kv } of news.events ?? []) {
      this.#from = Number(kv.mod_revision) + 1;
      onChange(type === 'DELETE' ? { deleted: keyOf(kv, prefix) } : { put: storedOf(kv, prefix) });
    }
  }

  /** etcd has forgotten the changes since: what was missed cannot be told, so the watch goes on from now. */
  #cancelled({ compact_revision, cancel_reason }: WatchNews): void {
    if (compact_revision === undefined) throw new Refusal(0, cancel_reason ?? 'it ended the watch');
    this.#gap = true;
    this.#from = undefined;
    throw new Error(`its changes up to revision ${compact_revision} were compacted`);
  }
}
