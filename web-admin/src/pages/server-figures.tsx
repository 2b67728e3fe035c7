import { columnsOf, usualQuery } from '@pomelo-ts/views';
import { Charts, type Drawn, showOf } from '../charts/charts.js';
import { operationEvents } from '../charts/events.js';
import { pastOf, serverFigures } from '../charts/server-past-store.js';
import { useView } from '../feed/watched-view.js';
import { columnWords, t } from '../words/words-store.js';

/** The figures of a server over time. */
export function ServerFigures({ id }: { readonly id: string }) {
  const operations = useView({ ...usualQuery, view: 'operations', sort: 'number', limit: 20 });
  const { series, events } = pastOf(id);
  const columns: Readonly<Record<string, Parameters<typeof showOf>[0]>> = columnsOf('servers');
  const drawn = serverFigures.map((name): Drawn => {
    const { title, help } = columnWords('servers', name);
    return { name, title, help, show: showOf(columns[name]!) };
  });
  return (
    <>
      <p class="quiet">{t('chart.wait')}</p>
      <Charts
        {...{ drawn, series }}
        events={[...events, ...operationEvents(operations.page.value?.rows ?? [], id)]}
      />
    </>
  );
}
