import type { Page, Row } from '@pomelo-ts/views';
import { pastStepSeconds, showCount, showRate, showSeconds, showShare, usualQuery } from '@pomelo-ts/views';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Charts, type Drawn } from '../charts/charts.js';
import { type ClusterEvent, eventsBetween, operationEvents } from '../charts/events.js';
import type { Series } from '../charts/series.js';
import { useView } from '../feed/watched-view.js';
import { t } from '../words/words-store.js';

/** The whole cluster in the last minutes, and what happened meanwhile. */
export function Timeline() {
  const servers = useView({ ...usualQuery, limit: 200 });
  const operations = useView({ ...usualQuery, view: 'operations', sort: 'number', limit: 50 });
  const page = servers.page.value;
  const events = useEvents(page);
  if (!page) return <p class="quiet">{t('page.loading')}</p>;
  const drawn: readonly Drawn[] = [
    { name: 'online', title: t('head.online'), show: showCount },
    { name: 'requests', title: t('head.requests'), show: showRate },
    { name: 'errors', title: t('head.errors'), show: showShare },
    { name: 'p99', title: t('head.p99'), show: showSeconds },
  ];
  const problems = page.summary.problems.map(
    ({ about, what, since }): ClusterEvent => ({ at: since, kind: 'problem', about: { about, what } }),
  );
  return (
    <>
      <h1>{t('nav.timeline')}</h1>
      <p class="quiet">{t('timeline.intro')}</p>
      <Charts
        {...{ drawn }}
        series={seriesOf(page)}
        events={[...events, ...problems, ...operationEvents(operations.page.value?.rows ?? [])]}
      />
    </>
  );
}

/** What the head of each page remembers of the past. */
function seriesOf({ at, summary: { past } }: Page): Series {
  const points = past.online.length;
  return {
    times: past.online.map((_, n) => at / 1000 - (points - 1 - n) * pastStepSeconds),
    values: past,
  };
}

/** What happened to servers while the page is open. */
function useEvents(page: Page | undefined): readonly ClusterEvent[] {
  const before = useRef<ReadonlyMap<string, Row>>(new Map());
  const [events, setEvents] = useState<readonly ClusterEvent[]>([]);
  useEffect(() => {
    if (!page) return;
    const more = page.rows.flatMap((row) => eventsBetween(before.current.get(row.key), row, page.at));
    before.current = new Map(page.rows.map((row) => [row.key, row]));
    if (more.length > 0) setEvents((all) => [...all, ...more].slice(-200));
  }, [page]);
  return events;
}
