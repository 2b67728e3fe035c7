import type { Operations } from '@pomelo-ts/master';
import {
  columnsOf,
  type MeasuredHead,
  type MeasuredPart,
  type MeasuredTable,
  MeasuredTables,
  measuredParts,
  type Past,
  showCell,
  showPast,
  showTime,
} from '@pomelo-ts/views';
import type { MasterClient } from '../../master-client.js';
import { escaped } from '../../view/escaped.js';
import { configLines } from '../../view/top/lines/config-lines.js';
import { textTable } from '../../view/top/lines/text-table.js';
import type { ServerTab, TextLine } from '../../view/top/screen-state.js';

/** What the page of one server shows beside the line of the table; it remembers what was told before, for what rises each second. */
export class ServerFacts {
  readonly #id: string;
  readonly #screen: { readonly columns: number; readonly plain: boolean };
  readonly #tables = new MeasuredTables();

  constructor(id: string, screen: { readonly columns: number; readonly plain: boolean }) {
    this.#id = id;
    this.#screen = screen;
  }

  /** @throws what the master says against it */
  async of(client: MasterClient, tab: ServerTab): Promise<readonly TextLine[]> {
    const id = this.#id;
    if (tab === 'overview') return this.#charts(await client.operate('views.past', { id, span: '10m' }));
    if (tab === 'events') return eventLines(await client.operate('views.past', { id, span: '6h' }));
    if (tab === 'config')
      return configLines(await client.operate('servers.config', { id }), this.#screen.columns);
    if (!isMeasured(tab)) return [];
    const told = await client.operate('servers.measures', { id });
    const tables = this.#tables.of(tab, told, performance.now());
    return tables.length > 0 ? tables.flatMap(measuredLines) : [nothingMeasured];
  }

  /** The last ten minutes of each figure, as wide as there is room for. */
  #charts({ values }: Operations['views.past']['answer']): readonly TextLine[] {
    const { columns, plain } = this.#screen;
    const room = Math.max(10, Math.min(60, columns - 30));
    const lines = Object.entries(values).flatMap(([name, points]): TextLine[] => {
      const column = columnsOf('servers')[name];
      if (!column || points.every((point) => point === null)) return [];
      const chart = showPast(condensed(points, room), plain);
      const most = Math.max(...points.map((point) => point ?? 0));
      return [{ text: `${column.title.padEnd(6)} ${chart} up to ${showCell(most, column)}` }];
    });
    return [{ text: '' }, { text: 'the last 10 minutes', style: 'bold' }, ...lines];
  }
}

const isMeasured = (tab: ServerTab): tab is MeasuredPart =>
  (measuredParts as readonly ServerTab[]).includes(tab);

const nothingMeasured: TextLine = { text: 'nothing was measured yet', style: 'dim' };

/** What the heads of measured tables are called. */
const heads: Readonly<Record<MeasuredHead, string>> = {
  ...{ count: 'count', rate: '/s', errors: 'err', p50: 'p50', p99: 'p99', mean: 'mean', now: 'now' },
};

function measuredLines({ name, heads: names, rows }: MeasuredTable): readonly TextLine[] {
  return [...textTable([name, ...names.map((one) => heads[one])], rows), { text: '' }];
}

/** As many points as there is room for, each the mean of those that are known. */
export function condensed(points: readonly (number | null)[], room: number): (number | null)[] {
  const step = Math.max(1, Math.ceil(points.length / room));
  const count = Math.ceil(points.length / step);
  return Array.from({ length: count }, (_, at) => {
    const some = points.slice(at * step, (at + 1) * step).filter((point) => point !== null);
    return some.length > 0 ? some.reduce((sum, point) => sum + point, 0) / some.length : null;
  });
}

/** What happened in the last six hours, the latest first. */
export function eventLines({ happenings }: Pick<Past, 'happenings'>): readonly TextLine[] {
  if (happenings.length === 0)
    return [{ text: 'nothing has happened in the last 6 hours, as far as this master knows', style: 'dim' }];
  return [...happenings].reverse().map(({ at, kind, is = '', why }) => {
    const what = kind === 'crash' ? 'was started again after a crash' : `${kind} ${is}`;
    const text = why === undefined ? what : `${what}: ${escaped(why)}`;
    return { text: `${showTime(at)}  ${text}`, ...(kind === 'crash' && { style: 'yellow' as const }) };
  });
}
