import { deltaOf, type Page, type PageDelta, type ViewQuery } from '@pomelo-ts/views';
import type { Feed } from './feed.js';

/** Who watches a view. */
export interface ViewWatcher {
  tell(delta: PageDelta): void;
  /** Calls `say` as soon as little waits for them: what they cannot read in time is never made. */
  whenRead(say: () => void): void;
  readonly gone: AbortSignal;
  /** Who asks. */
  readonly who?: string;
}

/**
 * Tells a page of a view, and after each look of the feed what has changed, until whoever watches is gone. One who reads slowly is told less
 * often, and always what is true then.
 *
 * @throws VIEW_INVALID, VIEWS_FULL
 */
export function watchView(
  feed: Feed,
  query: ViewQuery,
  { tell, whenRead, gone, who }: ViewWatcher,
): Promise<null> {
  let told: Page | undefined;
  const say = () => {
    if (gone.aborted) return;
    const page = feed.page(query);
    tell(deltaOf(told, page));
    told = page;
  };
  if (!gone.aborted) say();
  const end = feed.onLook(() => whenRead(say), who);
  return new Promise((resolve) => {
    const leave = () => {
      end();
      resolve(null);
    };
    if (gone.aborted) leave();
    else gone.addEventListener('abort', leave, { once: true });
  });
}
