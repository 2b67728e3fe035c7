import type { Page, Row } from '@pomelo-ts/views';
import {
  clusterFigures,
  clusterQueries,
  type PastSpan,
  showCount,
  showRate,
  showSeconds,
  showShare,
  usualQuery,
} from '@pomelo-ts/views';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Charts, type Drawn } from '../charts/charts.js';
import { type ClusterEvent, eventOf, eventsBetween, operationEvents } from '../charts/events.js';
import { joined, noSeries, type Series, seriesOf, withMoment } from '../charts/series.js';
import { SpanChoice } from '../charts/span-choice.js';
import { usePast } from '../charts/use-past.js';
import { useView } from '../feed/watched-view.js';
import { usualSpan } from '../place/place.js';
import { t } from '../words/words-store.js';

/** The whole cluster over time, and what happened meanwhile. */
export function Timeline({ span = usualSpan }: { readonly span?: PastSpan }) {
  const servers = useView({ ...usualQuery, limit: 200 });
  const operations = useView({ ...usualQuery, view: 'operations', sort: 'number', limit: 50 });
  const page = servers.page.value;
  const since = useSince(page);
  const { answer, problem } = usePast(span, undefined, since.events.at(-1)?.at);
  if (!page) return <p class="quiet">{t('page.loading')}</p>;
  const past = answer ? seriesOf(answer) : noSeries;
  const problems = page.summary.problems.map(
    ({ about, what, since }): ClusterEvent => ({ at: since, kind: 'problem', about: { about, what } }),
  );
  return (
    <>
      <h1>{t('nav.timeline')}</h1>
      <SpanChoice at={{ page: 'timeline', span }} />
      {problem !== undefined && <p class="notice">{problem}</p>}
      <Charts
        drawn={drawnOf()}
        series={span === '10m' ? joined(past, since.series) : past}
        events={[
          ...(answer?.happenings.map(eventOf) ?? []),
          ...since.events,
          ...problems,
          ...operationEvents(operations.page.value?.rows ?? []),
        ]}
      />
    </>
  );
}

const drawnOf = (): readonly Drawn[] => [
  { name: 'online', query: clusterQueries.online, title: t('head.online'), show: showCount },
  { name: 'requests', query: clusterQueries.requests, title: t('head.requests'), show: showRate },
  { name: 'errors', query: clusterQueries.errors, title: t('head.errors'), show: showShare },
  { name: 'p99', query: clusterQueries.p99, title: t('head.p99'), show: showSeconds },
];

interface Since {
  readonly series: Series;
  readonly events: readonly ClusterEvent[];
}

/** What was seen since the page was opened. */
function useSince(page: Page | undefined): Since {
  const before = useRef<ReadonlyMap<string, Row>>(new Map());
  const [since, setSince] = useState<Since>({ series: noSeries, events: [] });
  useEffect(() => {
    if (!page) return;
    const more = page.rows.flatMap((row) => eventsBetween(before.current.get(row.key), row, page.at));
    before.current = new Map(page.rows.map((row) => [row.key, row]));
    const { summary } = page;
    const figures = Object.fromEntries(clusterFigures.map((name) => [name, summary[name]]));
    setSince(({ series, events }) => ({
      series: withMoment(series, page.at, figures),
      events: more.length > 0 ? [...events, ...more].slice(-200) : events,
    }));
  }, [page]);
  return since;
}
