import { mostRows, usualQuery } from '@pomelo-ts/views';
import { useView } from '../feed/watched-view.js';
import { LogView } from '../log/log-view.js';
import { goInPlace } from '../place/place-store.js';
import { t } from '../words/words-store.js';

/** The logs of all servers as one, in the order of time. */
export function Logs({ filter }: { readonly filter: string }) {
  const page = useView({ ...usualQuery, sort: 'id', ascending: true, limit: mostRows }).page.value;
  const ids = page?.rows.map(({ key }) => key) ?? [];
  return (
    <>
      <h1>{t('nav.logs')}</h1>
      {page && page.matching > ids.length && (
        <p class="notice">{t('logs.first', { shown: ids.length, total: page.matching })}</p>
      )}
      <LogView
        {...{ ids, filter }}
        label={t('logs.label')}
        onFilter={(wanted) => goInPlace({ page: 'logs', filter: wanted })}
      />
    </>
  );
}
