import { type Column, columnsOf, type Row, showCell, type ViewName } from '@pomelo-ts/views';
import { Link } from '../place/link.js';
import type { Place } from '../place/place.js';
import { placeOfProblem } from '../place/problem-places.js';
import { memo } from '../shell/memo.js';
import { Said } from '../text/said.js';
import { problemWords, stateWord, t } from '../words/words-store.js';
import { toggleMark } from './marks-store.js';
import { RowActions } from './row-actions.js';
import { serverOf } from './rows.js';
import { Sign } from './sign.js';

interface TableRowProps {
  readonly view: ViewName;
  readonly row: Row;
  readonly names: readonly string[];
  readonly markable: boolean;
  readonly marked: boolean;
  readonly onDetails: (key: string) => void;
}

/** One line of a view. A line that has not changed is the same object, and is not drawn anew. */
export const TableRow = memo(function TableRow({
  view,
  row,
  names,
  markable,
  marked,
  onDetails,
}: TableRowProps) {
  const columns = columnsOf(view);
  const [first, ...others] = names;
  return (
    <tr class={row.trouble > 0 ? 'trouble' : undefined} data-key={row.key}>
      {markable && (
        <td>
          <label class="mark">
            <input type="checkbox" checked={marked} onChange={() => toggleMark(row.key)} />
            <span class="unseen">
              <Said text={t('table.mark', { what: row.key })} />
            </span>
          </label>
        </td>
      )}
      {first !== undefined && (
        <th
          scope="row"
          class={isNumber(columns[first]!) ? 'number' : lengthClass(row, first, columns[first]!)}
        >
          <CellText {...{ view, row, name: first, column: columns[first]! }} />
        </th>
      )}
      {others.map((name) => (
        <td
          key={name}
          class={isNumber(columns[name]!) ? 'number' : lengthClass(row, name, columns[name]!)}
          data-column={name}
        >
          <CellText {...{ view, row, name, column: columns[name]! }} />
        </td>
      ))}
      <td class="row-actions">
        <RowActions view={view} row={row} onDetails={onDetails} />
      </td>
    </tr>
  );
});

/** Longest text, in characters, that stays in one line. */
const longestLine = 34;

const lengthClass = (row: Row, name: string, column: Column): string | undefined =>
  showCell(row.cells[name], column).length <= longestLine ? 'short' : undefined;

const isNumber = ({ kind }: Column): boolean => kind !== 'text' && kind !== 'state';

/** Where more stands of what a cell names that is no server of its line. */
function placeOfCell(view: ViewName, { cells }: Row, name: string): Place | undefined {
  const { uid, frontend, id, name: channel, host } = cells;
  if ((view === 'hosts' || view === 'servers') && name === 'host' && typeof host === 'string')
    return { page: 'host', name: host };
  if (view === 'users' && name === 'uid' && typeof uid === 'string') return { page: 'users', uid };
  if (view === 'users' && name === 'frontend' && typeof frontend === 'string')
    return { page: 'server', id: frontend, tab: 'figures' };
  if (view === 'channels' && name === 'name' && typeof channel === 'string' && typeof id === 'string')
    return { page: 'channel', name: channel, at: id };
  return undefined;
}

interface CellProps {
  readonly view: ViewName;
  readonly row: Row;
  readonly name: string;
  readonly column: Column;
}

/** What one cell shows; what it names leads there. */
export function CellText({ view, row, name, column }: CellProps) {
  const text = showCell(row.cells[name], column);
  if (text === '') return null;
  if (column.kind === 'state')
    return (
      <span class="state">
        <Sign state={text} trouble={row.trouble} /> <Said text={stateWord(text)} />
      </span>
    );
  const place = placeOfCell(view, row, name);
  if (place)
    return (
      <Link to={place}>
        <Said text={text} />
      </Link>
    );
  const server = serverOf(view, row);
  if (server === text && (name === 'id' || name === 'about'))
    return (
      <Link to={placeOfProblem(server, String(row.cells['next'] ?? ''))}>
        <Said text={text} />
      </Link>
    );
  if (isNumber(column)) return text;
  return <Said text={view === 'problems' && name === 'what' ? problemWords(text) : text} />;
}
