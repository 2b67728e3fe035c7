import type { Page, ViewQuery } from '@pomelo-ts/views';
import { t } from '../words/words-store.js';

interface EmptyTextProps {
  readonly query: ViewQuery;
  readonly page: Page;
  readonly onQuery: (query: ViewQuery) => void;
}

/** Why a table has no lines, and what brings them back. */
export function EmptyText({ query, page: { total }, onQuery }: EmptyTextProps) {
  const { view, filter, faulty } = query;
  if (total === 0)
    return (
      <p class="empty">
        {view === 'problems' ? `✓ ${t('table.allWell')}` : t('table.empty', { what: t(`view.${view}`) })}
      </p>
    );
  return (
    <div class="empty">
      <p>{filter === '' && faulty ? t('table.noneFaulty', { total }) : t('table.noneMatch', { total })}</p>
      <button type="button" onClick={() => onQuery({ ...query, filter: '', faulty: false })}>
        {t('table.clear')}
      </button>
    </div>
  );
}
