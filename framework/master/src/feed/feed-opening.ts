import { loadLinearMatcher } from '@pomelo-ts/cluster/internal';
import type { Feed, FeedParts } from './feed.js';

/** The feed of a master, which is loaded and begins to look when its servers run, or when somebody asks before. */
export class FeedOpening {
  readonly #parts: Omit<FeedParts, 'matcher'>;
  #feed: Promise<Feed> | undefined;
  #closed = false;

  constructor(parts: Omit<FeedParts, 'matcher'>) {
    this.#parts = parts;
  }

  /** @throws Error when the master has been closed */
  open(): Promise<Feed> {
    if (this.#closed) return Promise.reject(new Error('this master is closed'));
    this.#feed ??= Promise.all([import('./feed.js'), loadLinearMatcher()]).then(
      ([{ Feed }, matcher]) => new Feed({ ...this.#parts, matcher }),
    );
    return this.#feed;
  }

  async close(): Promise<void> {
    this.#closed = true;
    (await this.#feed)?.close();
  }
}
