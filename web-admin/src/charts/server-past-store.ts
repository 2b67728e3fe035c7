import { type Page, serverFigures } from '@pomelo-ts/views';
import { signal } from '@preact/signals';
import { type ClusterEvent, eventsBetween } from './events.js';
import { noSeries, type Series, withMoment } from './series.js';

/** What was seen of a server since its page was opened first. */
export interface ServerPast {
  readonly series: Series;
  readonly events: readonly ClusterEvent[];
  readonly row: Page['rows'][number] | undefined;
}

/** Most servers that are remembered, and events of each. */
const [mostServers, mostEvents] = [20, 200];
const none: ServerPast = { series: noSeries, events: [], row: undefined };

const pasts = signal<ReadonlyMap<string, ServerPast>>(new Map());

/** What was seen of a server. */
export const pastOf = (id: string): ServerPast => pasts.value.get(id) ?? none;

/** A page that has the server has come. */
export function remember(id: string, page: Page): void {
  const row = page.rows.find(({ key }) => key === id);
  if (!row) return;
  const before = pasts.peek().get(id) ?? none;
  const figures = Object.fromEntries(
    serverFigures.map((name) => {
      const cell = row.cells[name];
      return [name, typeof cell === 'number' ? cell : null];
    }),
  );
  const after: ServerPast = {
    series: withMoment(before.series, page.at, figures),
    events: [...before.events, ...eventsBetween(before.row, row, page.at)].slice(-mostEvents),
    row,
  };
  const others = [...pasts.peek()].filter(([other]) => other !== id).slice(1 - mostServers);
  pasts.value = new Map([...others, [id, after]]);
}
