import type { Row, ViewName } from '@pomelo-ts/views';
import { askAction } from '../actions/action-store.js';
import type { Subject } from '../actions/subject.js';
import { t } from '../words/words-store.js';

interface RowActionsProps {
  readonly view: ViewName;
  readonly row: Row;
  readonly onDetails: (key: string) => void;
}

/** What can be done with a line: all that is known of it, and what the master does with it. */
export function RowActions({ view, row, onDetails }: RowActionsProps) {
  const subject = subjectOf(view, row);
  return (
    <>
      {subject && (
        <button
          type="button"
          class="small"
          aria-haspopup="dialog"
          aria-label={t('table.actOn', { what: row.key })}
          title={t('table.act')}
          onClick={() => askAction(subject)}
          data-act
        >
          <span aria-hidden="true">⋯</span>
        </button>
      )}
      <button
        type="button"
        class="small"
        aria-haspopup="dialog"
        aria-label={t('table.details', { what: row.key })}
        title={t('table.details', { what: row.key })}
        onClick={() => onDetails(row.key)}
        data-details
      >
        <span aria-hidden="true">+</span>
      </button>
    </>
  );
}

/** What operations on a line are about; undefined where there are none. */
export function subjectOf(view: ViewName, { key, cells }: Row): Subject | undefined {
  if (view === 'servers') return { kind: 'servers', ids: [key], clients: Number(cells['connections'] ?? 0) };
  if (view === 'operations' && typeof cells['number'] === 'number')
    return {
      kind: 'operations',
      id: cells['number'],
      what: `${cells['number']}: ${cells['verb']} ${cells['target']}`,
    };
  if (view === 'users' && typeof cells['uid'] === 'string') return { kind: 'users', uid: cells['uid'] };
  return undefined;
}
