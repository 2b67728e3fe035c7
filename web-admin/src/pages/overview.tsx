import { type Summary, usualQuery } from '@pomelo-ts/views';
import { useState } from 'preact/hooks';
import { useView } from '../feed/watched-view.js';
import { Link } from '../place/link.js';
import { viewPlace } from '../place/place.js';
import { DataTable } from '../table/data-table.js';
import { RowDetails } from '../table/row-details.js';
import { t } from '../words/words-store.js';
import { ProblemItem } from './problem-item.js';

/** The line that all is shown of. */
interface Details {
  readonly view: 'servers' | 'operations';
  readonly key: string;
}

/** What one sees first, also on a phone: what is wrong, and the servers in trouble. */
export function Overview() {
  const query = { ...usualQuery, limit: 8 };
  const watched = useView(query);
  const operations = { ...usualQuery, view: 'operations', sort: 'number', limit: 5 } as const;
  const last = useView(operations);
  const [details, setDetails] = useState<Details | undefined>();
  const page = watched.page.value;
  if (!page) return <p class="quiet">{t('page.loading')}</p>;
  const shown = details?.view === 'operations' ? last.page.value : page;
  return (
    <>
      <h1>{t('overview.title')}</h1>
      <h2>{t('overview.problems')}</h2>
      <Problems summary={page.summary} />
      <h2>{t('overview.servers')}</h2>
      <DataTable
        query={query}
        page={page}
        markable={false}
        onDetails={(key) => setDetails({ view: 'servers', key })}
      />
      <p>
        <Link to={viewPlace('servers')}>
          {t('overview.all')} ({page.total})
        </Link>
      </p>
      {last.page.value && last.page.value.rows.length > 0 && (
        <>
          <h2>{t('overview.operations')}</h2>
          <DataTable
            query={operations}
            page={last.page.value}
            markable={false}
            onDetails={(key) => setDetails({ view: 'operations', key })}
          />
        </>
      )}
      {details && shown && (
        <RowDetails
          view={details.view}
          page={shown}
          rowKey={details.key}
          onClose={() => setDetails(undefined)}
        />
      )}
    </>
  );
}

/** The worst first, each with what looks into it. */
function Problems({ summary }: { readonly summary: Summary }) {
  const { problems, problemCount } = summary;
  return (
    <>
      {problems.length === 0 ? (
        <p class="empty mood-fine">✓ {t('table.allWell')}</p>
      ) : (
        <ul class="problems">
          {problems.map((problem) => (
            <ProblemItem problem={problem} key={problem.key} />
          ))}
        </ul>
      )}
      {problemCount > problems.length && (
        <p>
          <Link to={viewPlace('problems')}>
            {t('table.matching', { matching: problems.length, total: problemCount })}
          </Link>
        </p>
      )}
    </>
  );
}
