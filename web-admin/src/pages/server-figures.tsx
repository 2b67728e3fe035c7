import { columnsOf, type PastSpan, serverFigures, serverQueries, usualQuery } from '@pomelo-ts/views';
import { Charts, type Drawn, showOf } from '../charts/charts.js';
import { eventOf, operationEvents } from '../charts/events.js';
import { joined, noSeries, seriesOf } from '../charts/series.js';
import { pastOf } from '../charts/server-past-store.js';
import { SpanChoice } from '../charts/span-choice.js';
import { usePast } from '../charts/use-past.js';
import { useView } from '../feed/watched-view.js';
import { columnWords } from '../words/words-store.js';

interface ServerFiguresProps {
  readonly id: string;
  readonly span: PastSpan;
  /** When a line of its log was written, which the charts are opened for. */
  readonly moment: number | undefined;
}

/** The figures of a server over time. */
export function ServerFigures({ id, span, moment }: ServerFiguresProps) {
  const operations = useView({ ...usualQuery, view: 'operations', sort: 'number', limit: 20 });
  const since = pastOf(id);
  const { answer, problem } = usePast(span, id, since.events.at(-1)?.at);
  const past = answer ? seriesOf(answer) : noSeries;
  const columns: Readonly<Record<string, Parameters<typeof showOf>[0]>> = columnsOf('servers');
  const queries = serverQueries(id);
  const drawn = serverFigures.map((name): Drawn => {
    const { title, help } = columnWords('servers', name);
    return { name, title, help, show: showOf(columns[name]!), query: queries[name] };
  });
  return (
    <>
      <SpanChoice
        at={{ page: 'server', id, tab: 'figures', span, ...(moment !== undefined && { moment }) }}
      />
      {problem !== undefined && <p class="notice">{problem}</p>}
      <Charts
        {...{ drawn }}
        series={span === '10m' ? joined(past, since.series) : past}
        events={[
          ...(answer?.happenings.map(eventOf) ?? []),
          ...since.events,
          ...operationEvents(operations.page.value?.rows ?? [], id),
          ...(moment === undefined ? [] : [{ at: moment, kind: 'logged' as const, about: {} }]),
        ]}
      />
    </>
  );
}
