import { askedBy, type ViewName, viewNames } from '@pomelo-ts/views';
import { useEffect, useRef } from 'preact/hooks';
import { cluster } from '../feed/cluster-store.js';
import { Link } from '../place/link.js';
import { type Place, viewPlace } from '../place/place.js';
import { place } from '../place/place-store.js';
import { may } from '../session/session-store.js';
import { t } from '../words/words-store.js';
import { isNarrow } from './narrow.js';

/** Views in the order in which one looks. */
const first: readonly ViewName[] = ['problems', 'servers', 'hosts'];
const inOrder = [...first, ...viewNames.filter((name) => !first.includes(name))];

/** What servers are asked for is not shown to everybody. */
const mayLookAt = (name: ViewName): boolean => {
  const verb = askedBy(name);
  return verb === undefined || may(verb);
};

/** Pages whose data not everybody may read. */
const guarded = [
  // everybody who may look at anything has some of them
  ['operate', 'leader.read', { page: 'operate', verb: '' }],
  ['logs', 'log.read', { page: 'logs', filter: '' }],
  ['rooms', 'inspect.list', { page: 'rooms', at: '', kind: '', name: '' }],
  ['users', 'users.find', { page: 'users', uid: '' }],
  ['audit', 'audit.read', { page: 'audit', name: '', verb: '' }],
  ['accounts', 'accounts.list', { page: 'accounts' }],
  ['keys', 'keys.list', { page: 'keys' }],
  ['sessions', 'sessions.list', { page: 'sessions' }],
  ['approvals', 'approvals.list', { page: 'approvals' }],
] as const satisfies readonly (readonly [string, string, Place])[];

/** Links to all pages; on a narrow screen they are behind a button. */
export function Navigation() {
  const details = useRef<HTMLDetailsElement>(null);
  const here = place.value;
  useEffect(() => {
    if (details.current && isNarrow()) details.current.open = false;
  }, [here]);
  return (
    <nav class="pages" aria-label={t('nav.label')}>
      <details ref={details} open={!isNarrow()}>
        <summary>{t('nav.menu')}</summary>
        <ul>
          <li>
            <Link to={{ page: 'overview' }} current={here.page === 'overview'}>
              {t('nav.overview')}
            </Link>
          </li>
          {inOrder.filter(mayLookAt).map((name) => (
            <li key={name}>
              <Link to={viewPlace(name)} current={here.page === 'view' && here.query.view === name}>
                {t(`view.${name}`)}
                {name === 'problems' && <ProblemCount />}
              </Link>
            </li>
          ))}
          {(['topology', 'timeline'] as const).map((page) => (
            <li key={page}>
              <Link to={{ page }} current={here.page === page}>
                {t(`nav.${page}`)}
              </Link>
            </li>
          ))}
        </ul>
        <ul>
          {guarded
            .filter(([, verb]) => may(verb))
            .map(([page, , to]) => (
              <li key={page}>
                <Link to={to} current={here.page === page}>
                  {t(`nav.${page}`)}
                </Link>
              </li>
            ))}
        </ul>
      </details>
    </nav>
  );
}

function ProblemCount() {
  const count = cluster.value?.problemCount ?? 0;
  return count > 0 ? <span class="badge">{count}</span> : null;
}
