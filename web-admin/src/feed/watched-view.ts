import { applyDelta, type Page, type PageDelta, type ViewQuery } from '@pomelo-ts/views';
import { batch, signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { tellCluster } from './cluster-store.js';
import { watch } from './feed.js';

/** A view as somebody looks at it. */
export class WatchedView {
  /** What is shown; undefined before anything has come. */
  readonly page = signal<Page | undefined>(undefined);
  /** By the clock of this browser, when it came. */
  readonly cameAt = signal(0);
  /** Why the master refuses the query; the page before stays. */
  readonly refused = signal<string | undefined>(undefined);
  /** Whether what is shown stays as it is, whatever comes. */
  readonly frozen = signal(false);
  /** Whether what is shown is of another query than the last one. */
  readonly behind = signal(false);
  /** The name of the view that the page is of. */
  #view: string | undefined;

  /** Looks at a view until the returned function is called. */
  watch(query: ViewQuery): () => void {
    let told: Page | undefined;
    this.behind.value = true;
    if (this.#view !== query.view) this.page.value = undefined;
    this.#view = query.view;
    return watch('views.watch', query, {
      progress: (delta: PageDelta) => {
        // a connection that is found again begins with a whole page
        told = applyDelta(isWhole(delta) ? undefined : told, delta);
        this.#show(told);
      },
      failed: ({ message }) =>
        batch(() => {
          this.refused.value = message;
          this.behind.value = false;
        }),
    });
  }

  #show(page: Page): void {
    batch(() => {
      tellCluster(page);
      this.refused.value = undefined;
      this.behind.value = false;
      if (this.frozen.value) return;
      this.page.value = page;
      this.cameAt.value = Date.now();
    });
  }
}

const isWhole = ({ order, matching, total, silent, summary }: PageDelta): boolean =>
  Boolean(order && silent && summary) && matching !== undefined && total !== undefined;

/** A view that is looked at as long as the component is there. */
export function useView(query: ViewQuery): WatchedView {
  const watched = useMemo(() => new WatchedView(), []);
  const key = JSON.stringify(query);
  useEffect(() => watched.watch(query), [watched, key]);
  return watched;
}
