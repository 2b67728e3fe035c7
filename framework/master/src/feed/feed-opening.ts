import type { Feed, FeedParts } from './feed.js';

/** The feed of a master, which is loaded and begins to look when its servers run, or when somebody asks before. */
export class FeedOpening {
  readonly #parts: FeedParts;
  #feed: Promise<Feed> | undefined;
  #closed = false;

  constructor(parts: FeedParts) {
    this.#parts = parts;
  }

  /** @throws Error when the master has been closed */
  open(): Promise<Feed> {
    if (this.#closed) return Promise.reject(new Error('this master is closed'));
    this.#feed ??= import('./feed.js').then(({ Feed }) => new Feed(this.#parts));
    return this.#feed;
  }

  async close(): Promise<void> {
    this.#closed = true;
    (await this.#feed)?.close();
  }
}
