import { type Page, showAge, type ViewQuery } from '@pomelo-ts/views';
import { useEffect, useState } from 'preact/hooks';
import { askAction } from '../actions/action-store.js';
import { now } from '../feed/clock.js';
import { useView, type WatchedView } from '../feed/watched-view.js';
import { go, goInPlace } from '../place/place-store.js';
import { copyText } from '../shell/copy-text.js';
import { DataTable } from '../table/data-table.js';
import { marks } from '../table/marks-store.js';
import { RowDetails } from '../table/row-details.js';
import { saveCsv } from '../table/save-csv.js';
import { TableTools } from '../table/table-tools.js';
import { announce } from '../words/announce-store.js';
import { t } from '../words/words-store.js';
import { EmptyText } from './empty-text.js';

/** A view of the cluster as a table that lives. */
export function ViewPage({ query }: { readonly query: ViewQuery }) {
  const watched = useView(useSettled(query));
  const [details, setDetails] = useState<string | undefined>();
  const { view } = query;
  useEffect(() => {
    marks.value = new Set();
    setDetails(undefined);
  }, [view]);
  const onQuery = (after: ViewQuery, typed = false) =>
    (typed ? goInPlace : go)({ page: 'view', query: after });
  const page = watched.page.value;
  return (
    <>
      <div class="title-line">
        <h1>{t(`view.${view}`)}</h1>
        {page && <PageTools {...{ view, page, watched }} />}
      </div>
      <TableTools query={query} refused={watched.refused.value} onQuery={onQuery} />
      {watched.frozen.value && (
        <p class="notice">
          {t('table.frozen', { age: showAge(Math.max(0, (now.value - watched.cameAt.value) / 1000)) })}
        </p>
      )}
      {marks.value.size > 0 && page && <MarkedTools page={page} />}
      {page ? (
        <div aria-busy={watched.behind.value}>
          <Counts page={page} />
          {page.rows.length > 0 ? (
            <DataTable {...{ query, page, onQuery }} markable={view === 'servers'} onDetails={setDetails} />
          ) : (
            <EmptyText query={query} page={page} onQuery={onQuery} />
          )}
        </div>
      ) : (
        <p class="quiet">{t('page.loading')}</p>
      )}
      {details !== undefined && page && (
        <RowDetails {...{ view, page }} rowKey={details} onClose={() => setDetails(undefined)} />
      )}
    </>
  );
}

/** What is asked of the master while somebody types: not each letter, but what they have come to. */
function useSettled(query: ViewQuery): ViewQuery {
  const [settled, setSettled] = useState(query);
  const typing = settled.filter !== query.filter && settled.view === query.view;
  useEffect(() => {
    if (!typing) {
      setSettled(query);
      return;
    }
    const timer = setTimeout(() => setSettled(query), 200);
    return () => clearTimeout(timer);
  }, [query, typing]);
  return typing ? settled : query;
}

function Counts({ page }: { readonly page: Page }) {
  const { rows, matching, total } = page;
  return (
    <p class="quiet counts">
      {rows.length < matching
        ? t('table.counts', { shown: rows.length, matching, total })
        : t('table.matching', { matching, total })}
    </p>
  );
}

interface PageToolsProps {
  readonly view: ViewQuery['view'];
  readonly page: Page;
  readonly watched: WatchedView;
}

function PageTools({ view, page, watched }: PageToolsProps) {
  const copyLink = () => {
    copyText(location.href).then(
      () => announce(t('table.linkCopied')),
      (error: Error) => announce(error.message),
    );
  };
  return (
    <p class="buttons">
      <button
        type="button"
        aria-pressed={watched.frozen.value}
        onClick={() => {
          watched.frozen.value = !watched.frozen.value;
        }}
      >
        {t('table.freeze')}
      </button>
      <button type="button" onClick={() => saveCsv(view, page)} data-csv>
        {t('table.csv')}
      </button>
      <button type="button" onClick={copyLink}>
        {t('table.link')}
      </button>
    </p>
  );
}

/** What can be done with all servers that are marked. */
function MarkedTools({ page }: { readonly page: Page }) {
  const ids = [...marks.value];
  const act = () => {
    const clients = page.rows
      .filter(({ key }) => marks.value.has(key))
      .reduce((sum, { cells }) => sum + Number(cells['connections'] ?? 0), 0);
    askAction({ kind: 'servers', ids, clients });
  };
  return (
    <p class="buttons marked">
      <strong>{t('table.marked', { n: ids.length })}</strong>
      <button type="button" class="strong" aria-haspopup="dialog" onClick={act} data-act-marked>
        {t('table.act')}
      </button>
      <button
        type="button"
        onClick={() => {
          marks.value = new Set();
        }}
      >
        {t('table.unmark')}
      </button>
    </p>
  );
}
