import { setTimeout as sleep } from 'node:timers/promises';
import { isPomeloError, reasonOf } from '@pomelo-ts/common';
import { applyDelta, type Page, type ViewQuery } from '@pomelo-ts/views';
import type { MasterClient } from '../../master-client.js';

/** What a {@link LivePage} tells. */
export interface PageListener {
  page(page: Page): void;
  /** Why nothing comes; it goes on looking. */
  lost(reason: string): void;
  /** Why the master refuses what is asked for; another query may be better. */
  refused(reason: string): void;
}

/** Time until a master that is gone is looked for again, in ms. */
const againMs = 1000;

/** The page of a query, as long as there is a master that tells it: of another one when that leads, and of another query when asked. */
export class LivePage {
  readonly #listener: PageListener;
  readonly #connect: () => Promise<MasterClient>;
  readonly #ended = new AbortController();
  #client: Promise<MasterClient> | undefined;
  #watch: AbortController | undefined;

  constructor(connect: () => Promise<MasterClient>, listener: PageListener) {
    this.#connect = connect;
    this.#listener = listener;
  }

  /** The master that runs now. @throws why there is none */
  client(): Promise<MasterClient> {
    this.#client ??= this.#connect();
    return this.#client;
  }

  /** Shows another query from now on; what was watched before ends. */
  show(query: ViewQuery): void {
    this.#watch?.abort();
    const watch = new AbortController();
    this.#watch = watch;
    void this.#follow(query, watch.signal);
  }

  close(): void {
    this.#ended.abort();
    this.#watch?.abort();
    this.#leave();
  }

  async #follow(query: ViewQuery, until: AbortSignal): Promise<void> {
    while (!until.aborted) {
      try {
        await this.#watchOnce(query, until);
      } catch (error) {
        if (until.aborted) return;
        const refusal = refusalIn(error);
        if (refusal !== undefined) return this.#listener.refused(refusal);
        if (!isPomeloError(error, 'COMMAND_FAILED')) this.#leave();
        this.#listener.lost(reasonOf(error));
        await sleep(againMs, undefined, { signal: until }).catch(() => {});
      }
    }
  }

  async #watchOnce(query: ViewQuery, until: AbortSignal): Promise<void> {
    const client = await this.client();
    let page: Page | undefined;
    const tell = (delta: Parameters<typeof applyDelta>[1]) => {
      if (until.aborted) return;
      page = applyDelta(page, delta);
      this.#listener.page(page);
    };
    await client.operate('views.watch', query, tell, until);
  }

  /** Whoever is asked next is looked for again. */
  #leave(): void {
    const client = this.#client;
    this.#client = undefined;
    client?.then(
      (one) => one.close(),
      () => {}, // there is none to close
    );
  }
}

/** What the master has against a query, where that is what failed. */
function refusalIn(error: unknown): string | undefined {
  if (!isPomeloError(error, 'COMMAND_FAILED')) return undefined;
  const { code } = (error.cause ?? {}) as { readonly code?: string };
  return code === 'VIEW_INVALID' ? String(error.facts.reason) : undefined;
}
