import {
  columnsOf,
  type Past,
  type PastSpan,
  pastSpans,
  showCell,
  showPast,
  showTime,
} from '@pomelo-ts/views';
import type { MasterClient } from '../../master-client.js';
import type { TextLine } from '../../view/top/screen-state.js';
import { condensed, eventLines } from './server-facts.js';

/** A moment in the life of a server, or of the master, which tells of the cluster as a whole. */
export interface AskedMoment {
  readonly id: string;
  /** In ms since 1970. */
  readonly at: number;
}

/** How many points are shown around a moment: of each second, ten minutes; of every ten seconds, an hour. */
const around = { '10m': 600, '6h': 360 } as const satisfies Record<PastSpan, number>;
const titles = { '10m': 'the 10 minutes around it', '6h': 'the hour around it' } as const;
/** Columns that figures of the cluster are shown as. */
const columnNames: Readonly<Record<string, string>> = { online: 'connections' };

/** What the figures were like at a moment, before it and after it, and what happened. @throws what the master says against it */
export async function momentFacts(
  client: Pick<MasterClient, 'operate'>,
  moment: AskedMoment,
  screen: { readonly columns: number; readonly plain: boolean },
): Promise<readonly TextLine[]> {
  for (const span of Object.keys(pastSpans) as PastSpan[]) {
    const past = await client.operate('views.past', {
      span,
      ...(moment.id !== 'master' && { id: moment.id }),
    });
    const place = placeIn(past, moment.at);
    if (place !== undefined) return linesOf(past, place, span, screen);
  }
  return [
    { text: 'the master remembers no figures of that time: it keeps those of six hours while it leads' },
  ];
}

/** The point of a moment; one that is later than all is the last one. */
function placeIn({ at, stepSeconds, values }: Past, moment: number): number | undefined {
  const count = Object.values(values)[0]?.length ?? 0;
  const place = Math.min(count - 1, count - 1 - Math.round((at - moment) / 1000 / stepSeconds));
  return place >= 0 ? place : undefined;
}

function linesOf(
  past: Past,
  place: number,
  span: PastSpan,
  { columns, plain }: { readonly columns: number; readonly plain: boolean },
): readonly TextLine[] {
  const count = Object.values(past.values)[0]!.length;
  const begin = Math.max(0, Math.min(place - around[span] / 2, count - around[span]));
  const end = Math.min(count, begin + around[span]);
  const room = Math.max(10, Math.min(60, columns - 20));
  const step = Math.max(1, Math.ceil((end - begin) / room));
  const charts = Object.entries(past.values).flatMap(([name, points]): TextLine[] => {
    const column = columnsOf('servers')[columnNames[name] ?? name];
    const some = points.slice(begin, end);
    if (!column || some.every((point) => point === null)) return [];
    const then = points[place] ?? null;
    const value = then === null ? '-' : showCell(then, column);
    return [{ text: `${column.title.padEnd(6)} ${showPast(condensed(some, room), plain)} ${value}` }];
  });
  const mark = `${' '.repeat(7 + Math.floor((place - begin) / step))}^ ${showTime(momentOf(past, place))}`;
  const [from, to] = [begin, end - 1].map((one) => momentOf(past, one));
  const happenings = past.happenings.filter(({ at }) => at >= from! && at <= to!);
  return [
    { text: titles[span], style: 'bold' },
    ...charts,
    ...(charts.length > 0 ? [{ text: mark, style: 'yellow' as const }] : []),
    { text: '' },
    ...(happenings.length > 0
      ? eventLines({ happenings })
      : [{ text: 'nothing happened to it in that time', style: 'dim' as const }]),
  ];
}

const momentOf = ({ at, stepSeconds, values }: Past, place: number): number =>
  at - ((Object.values(values)[0]?.length ?? 0) - 1 - place) * stepSeconds * 1000;
