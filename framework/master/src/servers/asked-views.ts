import type { LinkHub } from '@pomelo-ts/cluster/masters';
import {
  askedBy,
  type Cell,
  type Column,
  columnsOf,
  type Page,
  type Row,
  select,
  type ViewName,
  type ViewQuery,
} from '@pomelo-ts/views';
import { listOf, numberOf, objectOf, textOf, wholeOf } from '../hosts/said.js';

/** Views whose lines servers are asked for. */
export type AskedName = 'users' | 'channels';

/** A query of such a view. */
export type AskedQuery = ViewQuery & { readonly view: AskedName };

/** Whether the lines of a query are asked for. */
export const isAsked = (query: ViewQuery): query is AskedQuery => askedBy(query.view) !== undefined;

/** What servers have answered, put together. */
export type Answered = Pick<Page, 'rows' | 'matching' | 'total' | 'silent'>;

/** How long a server may take, in ms. */
const askMs = 500;
/** How old what others have asked for may be, in ms. */
const sharedMs = 1000;
/** Longest text of a cell, in characters. */
const longestText = 300;

/**
 * Asks servers for their first lines of a view, and puts them together: each goes through its own and answers with as many as are shown. Who does
 * not answer in time is told as silent, and so is, as `id (some)`, who had time for a part of its lines alone. What several ask for at once is asked for once.
 */
export class AskedViews {
  readonly #hub: Pick<LinkHub, 'ask' | 'registry'>;
  readonly #now: () => number;
  readonly #asked = new Map<string, { readonly at: number; readonly answer: Promise<Answered> }>();

  constructor(hub: Pick<LinkHub, 'ask' | 'registry'>, now: () => number) {
    this.#hub = hub;
    this.#now = now;
  }

  /** The query must have been read: servers are told what it has as it is. */
  ask({ view, filter, sort, ascending, limit, faulty }: AskedQuery): Promise<Answered> {
    const now = this.#now();
    for (const [key, { at }] of this.#asked) if (now - at >= sharedMs) this.#asked.delete(key);
    const question = { view, filter, sort, ascending, limit, faulty };
    const key = JSON.stringify(question);
    const known = this.#asked.get(key);
    if (known) return known.answer;
    const answer = this.#askAll(question);
    this.#asked.set(key, { at: now, answer });
    return answer;
  }

  async #askAll(question: Omit<AskedQuery, 'growth' | 'window' | 'group'>): Promise<Answered> {
    const { view, limit } = question;
    const servers = this.#hub.registry.all.filter(
      ({ state, frontend }) =>
        (state === 'ready' || state === 'draining') && (view === 'channels' || frontend === true),
    );
    const columns = columnsOf(view);
    const answers = await Promise.all(
      servers.map(async ({ id }) => {
        try {
          return await this.#hub.ask(id, 'view', question, askMs, (answer) => ({
            id,
            ...readLines(answer, view, limit),
          }));
        } catch {
          return id; // it is told as silent
        }
      }),
    );
    const told = answers.filter((one) => typeof one !== 'string');
    const sum = (of: (one: (typeof told)[number]) => number) => told.reduce((all, one) => all + of(one), 0);
    const query = { ...question, growth: false };
    const all = told.flatMap(({ rows }) => rows);
    return {
      rows: select(all, query, columns, () => true).rows,
      matching: sum(({ matching }) => matching),
      total: sum(({ total }) => total),
      silent: answers.flatMap((one) => (typeof one === 'string' ? one : one.cut ? `${one.id} (some)` : [])),
    };
  }
}

function readLines(answer: unknown, view: ViewName, limit: number) {
  const { rows, matching, total, cut } = objectOf(answer);
  const columns = Object.entries(columnsOf(view));
  const read = (one: unknown): Row => {
    const { key, trouble, cells } = objectOf(one);
    const told = objectOf(cells);
    return {
      key: textOf(key, 2 * longestText),
      trouble: numberOf(trouble, 0),
      cells: Object.fromEntries(columns.map(([name, column]) => [name, readCell(told[name], column)])),
    };
  };
  return {
    ...{ matching: wholeOf(matching, 0), total: wholeOf(total, 0) },
    ...{ rows: listOf(rows, read, limit), cut: cut === true },
  };
}

function readCell(value: unknown, { kind }: Column): Cell {
  if (value === null || value === undefined) return null;
  return kind === 'text' || kind === 'state' ? textOf(value, longestText) : numberOf(value);
}
