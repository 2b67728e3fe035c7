import { type Column, showCell, showTime } from '@pomelo-ts/views';
import { useRef } from 'preact/hooks';
import { CsvButton } from '../table/csv-button.js';
import { t } from '../words/words-store.js';
import { Chart } from './chart.js';
import { EventList } from './event-list.js';
import { type ClusterEvent, eventsIn } from './events.js';
import { type Series, thinned } from './series.js';

/** One figure that is drawn. */
export interface Drawn {
  readonly name: string;
  readonly title: string;
  readonly help?: string;
  readonly show: (value: number) => string;
  /** What a Prometheus is asked for to have the same, in PromQL. */
  readonly query: string;
}

interface ChartsProps {
  readonly drawn: readonly Drawn[];
  readonly series: Series;
  readonly events: readonly ClusterEvent[];
}

/** Points of the table that says the same as the charts. */
const tablePoints = 30;

/** Figures over one time, what happened in it, and the same as a table. Figures of which nothing is known are left out. */
export function Charts({ drawn, series, events }: ChartsProps) {
  const { times, values } = series;
  if (times.length < 2) return <p class="quiet">{t('chart.wait')}</p>;
  const shown = drawn.filter(({ name }) => values[name]?.some((value) => value !== null));
  const inTime = eventsIn(events, times[0]! * 1000, times.at(-1)! * 1000 + 5000);
  const marks = inTime.map(({ at }) => at / 1000);
  return (
    <>
      <div class="charts">
        {shown.map(({ name, ...rest }) => (
          <Chart key={name} {...{ name, series, marks, ...rest }} />
        ))}
      </div>
      <EventList events={inTime} />
      <details class="figures-table">
        <summary>{t('chart.table')}</summary>
        <FiguresTable drawn={shown} series={thinned(series, tablePoints)} />
      </details>
    </>
  );
}

function FiguresTable({ drawn, series }: Pick<ChartsProps, 'drawn' | 'series'>) {
  const box = useRef<HTMLElement>(null);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is scrolled has to be reached by the keyboard */}
      <section class="table-box" ref={box} tabIndex={0} aria-label={t('chart.table')}>
        <table>
          <caption class="unseen">{t('chart.table')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('chart.time')}</th>
              {drawn.map(({ name, title }) => (
                <th scope="col" class="number" key={name}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {series.times
              .map((time, n) => (
                <tr key={time}>
                  <th scope="row" data-value={new Date(time * 1000).toISOString()}>
                    {showTime(time * 1000)}
                  </th>
                  {drawn.map(({ name, show }) => {
                    const value = series.values[name]?.[n] ?? null;
                    return (
                      <td class="number" key={name} data-value={value ?? ''}>
                        {value === null ? '–' : show(value)}
                      </td>
                    );
                  })}
                </tr>
              ))
              .reverse()}
          </tbody>
        </table>
      </section>
      <CsvButton of={box} name={t('chart.table')} />
    </>
  );
}

/** How the numbers of a column are shown. */
const shows = new Map<Column, (value: number) => string>();

/** The same function for the same column: charts are made anew when it is another. */
export function showOf(column: Column): (value: number) => string {
  const known = shows.get(column) ?? ((value: number) => showCell(value, column));
  shows.set(column, known);
  return known;
}
