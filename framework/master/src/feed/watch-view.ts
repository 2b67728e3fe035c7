import { deltaOf, type Page, type PageDelta, type ViewQuery } from '@pomelo-ts/views';
import { isAsked } from '../servers/asked-views.js';
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

/** Looks of the feed between two questions to the servers, of views that these are asked for. */
const looksApart = 2;

/**
 * Tells a page of a view, and after each look of the feed what has changed, until whoever watches is gone. One who reads slowly is told less
 * often, and always what is true then.
 *
 * @throws VIEW_INVALID, VIEWS_FULL
 */
export function watchView(feed: Feed, query: ViewQuery, watcher: ViewWatcher): Promise<null> {
  return isAsked(query) ? watchAsked(feed, query, watcher) : watchKnown(feed, query, watcher);
}

function watchKnown(feed: Feed, query: ViewQuery, { tell, whenRead, gone, who }: ViewWatcher): Promise<null> {
  let told: Page | undefined;
  const say = () => {
    if (gone.aborted) return;
    const page = feed.page(query);
    tell(deltaOf(told, page));
    told = page;
  };
  if (!gone.aborted) say();
  return untilGone(
    feed.onLook(() => whenRead(say), who),
    gone,
  );
}

/** One question at a time, and none while whoever watches has not read the last answer. */
async function watchAsked(
  feed: Feed,
  query: ViewQuery,
  { tell, whenRead, gone, who }: ViewWatcher,
): Promise<null> {
  let told = await feed.read(query);
  if (!gone.aborted) tell(deltaOf(undefined, told));
  let looks = 0;
  let asking = false;
  const say = async () => {
    if (gone.aborted || asking) return;
    asking = true;
    const page = await feed.read(query);
    asking = false;
    if (gone.aborted) return;
    tell(deltaOf(told, page));
    told = page;
  };
  const look = () => {
    if (++looks % looksApart === 0) whenRead(() => void say());
  };
  return untilGone(feed.onLook(look, who), gone);
}

function untilGone(end: () => void, gone: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    const leave = () => {
      end();
      resolve(null);
    };
    if (gone.aborted) leave();
    else gone.addEventListener('abort', leave, { once: true });
  });
}
