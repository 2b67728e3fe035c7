import type { Operations } from '@pomelo-ts/master';
import {
  columnsOf,
  showBytes,
  showCell,
  showCount,
  showPast,
  showRate,
  showSeconds,
  showShare,
  showTime,
} from '@pomelo-ts/views';
import type { MasterClient } from '../../master-client.js';
import { showTable } from '../../view/table.js';
import type { ServerTab, TextLine } from '../../view/top/screen-state.js';

type Measures = Operations['servers.measures']['answer'];
type Timing = Measures['timings'][number];
type ToldNumber = Measures['numbers'][number];

/** What names of measures of a part of the page begin with. */
const measuresOf: Readonly<Partial<Record<ServerTab, readonly string[]>>> = {
  routes: ['request.', 'forward.', 'code.'],
  rpc: ['rpc.', 'link.', 'tcp'],
  clients: ['client.', 'session.', 'sendQueue', 'push', 'channel', 'directory.'],
  runtime: ['eventloop.', 'heap.', 'gc', 'process.', 'memory', 'external', 'lease.', 'cron.', 'lifecycle.'],
};

/** What the page of one server shows beside the line of the table; it remembers what was told before, for what rises each second. */
export class ServerFacts {
  readonly #id: string;
  readonly #screen: { readonly columns: number; readonly plain: boolean };
  #before: { readonly at: number; readonly counts: ReadonlyMap<string, number> } | undefined;

  constructor(id: string, screen: { readonly columns: number; readonly plain: boolean }) {
    this.#id = id;
    this.#screen = screen;
  }

  /** @throws what the master says against it */
  async of(client: MasterClient, tab: ServerTab): Promise<readonly TextLine[]> {
    const id = this.#id;
    if (tab === 'overview') return this.#charts(await client.operate('views.past', { id, span: '10m' }));
    if (tab === 'events') return eventLines(await client.operate('views.past', { id, span: '6h' }));
    return this.#measured(await client.operate('servers.measures', { id }), measuresOf[tab] ?? []);
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

  #measured({ timings, numbers }: Measures, begins: readonly string[]): readonly TextLine[] {
    const now = performance.now();
    const before = this.#before;
    const counts = new Map<string, number>();
    const rateOf = (key: string, count: number): string => {
      counts.set(key, count);
      const former = before?.counts.get(key);
      if (!before || former === undefined) return '';
      return showRate((Math.max(0, count - former) * 1000) / (now - before.at));
    };
    const ofPart = ({ measure }: { readonly measure: string }) =>
      begins.some((begin) => measure.startsWith(begin));
    const lines = [
      ...timingLines(timings.filter(ofPart), rateOf),
      ...numberLines(numbers.filter(ofPart), rateOf),
    ];
    this.#before = { at: now, counts };
    return lines.length > 0 ? lines : [{ text: 'nothing was measured yet', style: 'dim' }];
  }
}

type RateOf = (key: string, count: number) => string;

/** What takes most time in all comes first. */
function timingLines(timings: readonly Timing[], rateOf: RateOf): readonly TextLine[] {
  const spent = ({ count, mean }: Timing): number => count * (mean ?? 0);
  const measures = [...new Set(timings.map(({ measure }) => measure))];
  return measures.flatMap((measure) => {
    const own = timings.filter((one) => one.measure === measure).sort((a, b) => spent(b) - spent(a));
    const rows = own.map(({ name, count, errors, p50, p99, mean }) => [
      name || measure,
      showCount(count),
      rateOf(`${measure} ${name}`, count),
      errors === null ? '' : showShare(errors),
      ...[p50, p99, mean].map((seconds) => (seconds === null ? '' : showSeconds(seconds))),
    ]);
    return tableOf([measure, 'count', '/s', 'err', 'p50', 'p99', 'mean'], rows);
  });
}

function numberLines(numbers: readonly ToldNumber[], rateOf: RateOf): readonly TextLine[] {
  const rows = numbers.map(({ measure, name, kind, unit, value }) => [
    name === '' ? measure : `${measure} ${name}`,
    shown(value, unit),
    kind === 'counter' ? rateOf(`${measure} ${name} n`, value) : '',
  ]);
  return tableOf(['figure', 'now', '/s'], rows);
}

function shown(value: number, unit: string): string {
  if (unit === 'bytes') return showBytes(value);
  if (unit === 'seconds') return showSeconds(value);
  return Number.isInteger(value) ? showCount(value) : value.toFixed(3);
}

function tableOf(heads: readonly string[], rows: readonly (readonly string[])[]): readonly TextLine[] {
  if (rows.length === 0) return [];
  const [head, ...others] = showTable(heads, rows, (_style, text) => text).split('\n');
  return [{ text: head!, style: 'dim' }, ...others.map((text) => ({ text })), { text: '' }];
}

/** As many points as there is room for, each the mean of those that are known. */
function condensed(points: readonly (number | null)[], room: number): (number | null)[] {
  const step = Math.max(1, Math.ceil(points.length / room));
  const count = Math.ceil(points.length / step);
  return Array.from({ length: count }, (_, at) => {
    const some = points.slice(at * step, (at + 1) * step).filter((point) => point !== null);
    return some.length > 0 ? some.reduce((sum, point) => sum + point, 0) / some.length : null;
  });
}

/** What happened in the last six hours, the latest first. */
function eventLines({ happenings }: Operations['views.past']['answer']): readonly TextLine[] {
  if (happenings.length === 0)
    return [{ text: 'nothing has happened in the last 6 hours, as far as this master knows', style: 'dim' }];
  return [...happenings].reverse().map(({ at, kind, is = '' }) => {
    const text = kind === 'crash' ? 'was started again after a crash' : `${kind} ${is}`;
    return { text: `${showTime(at)}  ${text}`, ...(kind === 'crash' && { style: 'yellow' as const }) };
  });
}
