import { mostRows, type Row, usualQuery } from '@pomelo-ts/views';
import { useView } from '../feed/watched-view.js';
import { Link } from '../place/link.js';
import { PlainTable } from '../table/plain-table.js';
import { Sign } from '../table/sign.js';
import { Said } from '../text/said.js';
import { stateWord, t } from '../words/words-store.js';

/** Which servers run on which hosts, and how they are. */
export function Topology() {
  const watched = useView({ ...usualQuery, sort: 'id', ascending: true, limit: mostRows });
  const page = watched.page.value;
  if (!page) return <p class="quiet">{t('page.loading')}</p>;
  const types = [...new Set(page.rows.map((row) => cellOf(row, 'type')))].sort();
  const names = [...new Set(page.rows.map((row) => cellOf(row, 'host')))].sort();
  const hosts = names.map((host) => [host, page.rows.filter((row) => cellOf(row, 'host') === host)] as const);
  return (
    <>
      <h1>{t('topology.title')}</h1>
      {page.rows.length < page.total && (
        <p class="notice">{t('topology.first', { shown: page.rows.length, total: page.total })}</p>
      )}
      <PlainTable
        caption={t('topology.caption')}
        heads={[t('topology.host'), ...types]}
        rows={hosts}
        keyOf={([host]) => host}
        cells={([host, servers]) => [
          <Link key="host" to={{ page: 'host', name: host }}>
            <Said text={host} />
          </Link>,
          ...types.map((type) => (
            <Servers key={type} servers={servers.filter((row) => cellOf(row, 'type') === type)} />
          )),
        ]}
      />
    </>
  );
}

const cellOf = ({ cells }: Row, name: string): string => String(cells[name] ?? '–');

function Servers({ servers }: { readonly servers: readonly Row[] }) {
  if (servers.length === 0) return <span class="quiet">–</span>;
  return (
    <ul class="map">
      {servers.map((row) => {
        const state = cellOf(row, 'state');
        return (
          <li key={row.key} class={row.trouble > 0 ? 'trouble' : undefined}>
            <Link to={{ page: 'server', id: row.key, tab: 'figures' }}>
              <Said text={row.key} />
            </Link>{' '}
            <Sign state={state} trouble={row.trouble} /> <Said text={stateWord(state)} />
          </li>
        );
      })}
    </ul>
  );
}
