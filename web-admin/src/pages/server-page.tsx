import { columnsOf, type MeasuredPart, measuredParts, type Row, usualQuery } from '@pomelo-ts/views';
import { useEffect } from 'preact/hooks';
import { askAction } from '../actions/action-store.js';
import { remember } from '../charts/server-past-store.js';
import { useView } from '../feed/watched-view.js';
import { ServerProfile } from '../flame/server-profile.js';
import { Link } from '../place/link.js';
import { type Place, serverTabs, usualSpan } from '../place/place.js';
import { subjectOf } from '../table/row-actions.js';
import { CellText } from '../table/table-row.js';
import { Said } from '../text/said.js';
import { columnWords, t } from '../words/words-store.js';
import { ProblemItem } from './problem-item.js';
import { ConfigOf } from './server-config.js';
import { ServerFigures } from './server-figures.js';
import { ServerLog } from './server-log.js';
import { MeasuredOf } from './server-measures.js';

type ServerPlace = Extract<Place, { readonly page: 'server' }>;

/** All of one server: how it is, its figures over time, its log and profiles, and what can be done with it. */
export function ServerPage({ id, tab, span = usualSpan, moment }: Omit<ServerPlace, 'page'>) {
  const watched = useView({ ...usualQuery, filter: `id=${id}`, limit: 1 });
  const page = watched.page.value;
  useEffect(() => {
    if (page) remember(id, page);
  }, [id, page]);
  // an id that no filter can have is none of a server
  const isGone = watched.refused.value !== undefined || page?.rows.length === 0;
  const row = page?.rows.find(({ key }) => key === id);
  const problems = page?.summary.problems.filter(({ about }) => about === id) ?? [];
  return (
    <>
      <div class="title-line">
        <h1>
          <Said text={id} />
        </h1>
        {row && <ActButton row={row} />}
      </div>
      {isGone && (
        <p class="notice">
          <Said text={t('server.gone', { id })} />
        </p>
      )}
      {row && <Facts row={row} />}
      {problems.length > 0 && (
        <ul class="problems" aria-label={t('server.problems')}>
          {problems.map((problem) => (
            <ProblemItem problem={problem} key={problem.key} />
          ))}
        </ul>
      )}
      <nav aria-label={t('server.tabs', { id })}>
        <ul class="tabs">
          {serverTabs.map((one) => (
            <li key={one}>
              <Link to={{ page: 'server', id, tab: one }} current={one === tab}>
                {t(`server.${one}`)}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      {tab === 'figures' && row && <ServerFigures {...{ id, span, moment }} />}
      {isMeasured(tab) && <MeasuredOf id={id} part={tab} key={`${id} ${tab}`} />}
      {tab === 'config' && <ConfigOf id={id} key={id} />}
      {tab === 'log' && <ServerLog id={id} key={id} />}
      {tab === 'profile' && <ServerProfile id={id} memory={numberIn(row, 'memory')} />}
    </>
  );
}

const isMeasured = (tab: ServerPlace['tab']): tab is MeasuredPart =>
  (measuredParts as readonly string[]).includes(tab);

const numberIn = (row: Row | undefined, name: string): number | undefined => {
  const cell = row?.cells[name];
  return typeof cell === 'number' ? cell : undefined;
};

function ActButton({ row }: { readonly row: Row }) {
  return (
    <button
      type="button"
      class="strong"
      aria-haspopup="dialog"
      onClick={() => askAction(subjectOf('servers', row)!)}
      data-act
    >
      {t('table.act')}
    </button>
  );
}

/** How it is now, in one line. */
function Facts({ row }: { readonly row: Row }) {
  return (
    <dl class="now" aria-label={t('server.facts')}>
      {Object.entries(columnsOf('servers'))
        .filter(([name]) => name !== 'id' && row.cells[name] != null)
        .map(([name, column]) => (
          <div key={name}>
            <dt>{columnWords('servers', name).title}</dt>
            <dd>
              <CellText view="servers" {...{ row, name, column }} />
            </dd>
          </div>
        ))}
    </dl>
  );
}
