import type { LinkHub } from '@pomelo-ts/cluster/masters';
import { askedBy, type ViewQuery } from '@pomelo-ts/views';
import {
  type Answered,
  type AskedName,
  putTogether,
  type Question,
  readAnswer,
  type Told,
  tooShort,
} from './told-lines.js';

/** A query of such a view. */
export type AskedQuery = ViewQuery & { readonly view: AskedName };

/** Whether the lines of a query are asked for. */
export const isAsked = (query: ViewQuery): query is AskedQuery => askedBy(query.view) !== undefined;

/** How long a server may take, in ms. */
const askMs = 500;
/** How old what others have asked for may be, in ms. */
const sharedMs = 1000;
/** Time that is left at least for a server that is asked for more, in ms. */
const leastMs = 100;
/** Lines that each server is asked for at first beyond twice its share. */
const spareLines = 8;

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

  async #askAll(question: Question): Promise<Answered> {
    const begun = this.#now();
    const servers = this.#hub.registry.all.filter(
      ({ state, frontend }) =>
        (state === 'ready' || state === 'draining') && (question.view === 'channels' || frontend === true),
    );
    const some = { ...question, limit: shareOf(question.limit, servers.length) };
    const answers = await Promise.all(servers.map(({ id }) => this.#askOne(id, some, askMs)));
    const short = tooShort(answers, question, some.limit);
    if (short.size === 0) return putTogether(answers, question);
    const left = Math.max(leastMs, askMs - (this.#now() - begun));
    const whole = answers.map(async (one) => {
      if (typeof one === 'string' || !short.has(one.id)) return one;
      const again = await this.#askOne(one.id, question, left);
      return typeof again === 'string' ? { ...one, cut: true } : again;
    });
    return putTogether(await Promise.all(whole), question);
  }

  /** What a server has answered; its id alone when it has not, or when that makes no sense: it is told as silent. */
  async #askOne(id: string, question: Question, ms: number): Promise<Told | string> {
    try {
      return await this.#hub.ask(id, 'view', question, ms, (answer) => readAnswer(id, answer, question));
    } catch {
      return id;
    }
  }
}

/**
 * How many lines each server is asked for at first. Where it does not matter which server a line is of, each has about its share of the first
 * ones; twice that, and some more, is seldom too few, and far fewer are sent and read than if each told as many as are shown.
 */
const shareOf = (limit: number, servers: number): number =>
  Math.min(limit, 2 * Math.ceil(limit / Math.max(servers, 1)) + spareLines);
