import {
  columnsOf,
  groupings,
  longestFilter,
  mostRows,
  type ViewQuery,
  type Window,
  windows,
} from '@pomelo-ts/views';
import { useId } from 'preact/hooks';
import { isNarrow } from '../shell/narrow.js';
import { columnWords, t } from '../words/words-store.js';
import { FilterHelp } from './filter-help.js';

interface TableToolsProps {
  readonly query: ViewQuery;
  /** Why the master does not take the query. */
  readonly refused: string | undefined;
  /** `typed`: back need not lead to each letter. */
  readonly onQuery: (query: ViewQuery, typed?: boolean) => void;
}

/** Numbers of lines that can be chosen. */
const limits = [10, 20, 50, 100, mostRows] as const;

/** Which lines are shown, in which order, over which time. */
export function TableTools({ query, refused, onQuery }: TableToolsProps) {
  const { view, window, group, limit, faulty, growth, sort } = query;
  const set = (some: Partial<ViewQuery>) => onQuery({ ...query, ...some });
  const columns = columnsOf(view);
  const groups = groupings.filter((name) => Object.hasOwn(columns, name));
  return (
    <section class="tools" aria-label={t('table.tools')}>
      <FilterBox query={query} refused={refused} onQuery={onQuery} />
      <details class="more" open={!isNarrow()}>
        <summary>{t('table.more')}</summary>
        <div>
          <button
            type="button"
            aria-pressed={sort === 'trouble'}
            onClick={() => set({ sort: 'trouble', ascending: false, growth: false })}
          >
            {t('table.trouble')}
          </button>
          <Choice
            label={t('table.window')}
            value={window}
            options={windows.map((one) => [one, one])}
            onValue={(value) => set({ window: value as Window })}
          />
          {groups.length > 0 && (
            <Choice
              label={t('table.group')}
              value={group ?? ''}
              options={[
                ['', t('table.noGroup')],
                ...groups.map((one) => [one, columnWords(view, one).title] as const),
              ]}
              onValue={(value) => {
                const { group: _, ...rest } = query;
                const chosen = groups.find((one) => one === value);
                onQuery(chosen ? { ...rest, group: chosen } : rest);
              }}
            />
          )}
          <Choice
            label={t('table.limit')}
            value={String(limit)}
            options={[...new Set([...limits, limit])]
              .sort((a, b) => a - b)
              .map((one) => [String(one), String(one)])}
            onValue={(value) => set({ limit: Number(value) })}
          />
          <Tick label={t('table.faulty')} on={faulty} onChange={(on) => set({ faulty: on })} />
          <Tick label={t('table.growth')} on={growth} onChange={(on) => set({ growth: on })} />
        </div>
      </details>
    </section>
  );
}

function FilterBox({ query, refused, onQuery }: TableToolsProps) {
  const id = useId();
  return (
    <div class="filter">
      <label for={id}>{t('table.filter')}</label>
      <input
        id={id}
        type="search"
        value={query.filter}
        maxLength={longestFilter}
        spellcheck={false}
        autocapitalize="off"
        autocomplete="off"
        placeholder={t('table.filterHint', { examples: exampleOf(query) })}
        aria-invalid={refused !== undefined}
        aria-describedby={`${id}-problem`}
        onInput={({ currentTarget }) => onQuery({ ...query, filter: currentTarget.value }, true)}
      />
      <FilterHelp view={query.view} />
      <p id={`${id}-problem`} class="problem" aria-live="polite">
        {refused !== undefined && <bdi>! {refused}</bdi>}
      </p>
    </div>
  );
}

/** A filter that this view understands. */
function exampleOf({ view }: ViewQuery): string {
  const columns = Object.entries(columnsOf(view));
  const text = columns.find(([, { kind }]) => kind === 'text')?.[0];
  const share = columns.find(([name]) => name === 'errors')?.[1].title;
  return [`${text}:chat`, ...(share ? [`${share}>1%`] : [])].join(' ');
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, words: string])[];
  readonly onValue: (value: string) => void;
}

function Choice({ label, value, options, onValue }: ChoiceProps) {
  return (
    <label class="choice">
      <span>{label}</span>
      <select value={value} onChange={({ currentTarget }) => onValue(currentTarget.value)}>
        {options.map(([one, words]) => (
          <option value={one} key={one}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

interface TickProps {
  readonly label: string;
  readonly on: boolean;
  readonly onChange: (on: boolean) => void;
}

function Tick({ label, on, onChange }: TickProps) {
  return (
    <label class="tick">
      <input type="checkbox" checked={on} onChange={({ currentTarget }) => onChange(currentTarget.checked)} />
      {label}
    </label>
  );
}
