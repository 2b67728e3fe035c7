import { randomUUID } from 'node:crypto';
import type { LinkHub } from '@pomelo-ts/cluster/masters';
import { type Clock, PomeloError, reasonOf } from '@pomelo-ts/common';
import { lineOf, listOf, maybe, numberOf, objectOf, textOf, wholeOf } from '../hosts/said.js';
import { inOrder } from './trace-order.js';

/** What can happen to a traced user; see the same in core. */
export const traceKinds = [
  ...(['request', 'notify', 'answer', 'work', 'push', 'dropped', 'join', 'leave'] as const),
  ...(['bound', 'unbound', 'ended', 'came', 'moved'] as const),
] as const;

/** One thing that happened to a traced user. */
export interface TraceLine {
  /** In ms since 1970, by the clock of the server. */
  readonly at: number;
  readonly server: string;
  readonly kind: (typeof traceKinds)[number];
  /** Route, channel or reason. */
  readonly what: string;
  readonly session?: string;
  /** Code of an answer, or the class of it. */
  readonly code?: string;
  readonly ms?: number;
  readonly bytes?: number;
}

/** What is told while a trace goes on. */
export interface TraceNews {
  /** In the order of time. */
  readonly lines: readonly TraceLine[];
  /** Lines that were left out since the news before, as there were too many. */
  readonly lost: number;
  /** Servers that do not answer, when these are others than before. */
  readonly silent?: readonly string[];
}

/** How a trace has ended. */
export interface TraceEnd {
  readonly ended: 'time' | 'full' | 'gone';
  readonly lines: number;
  readonly lost: number;
}

/** Who is told, and until when. */
export interface TraceCall {
  readonly uid: string;
  readonly forMs: number;
  tell(news: TraceNews): void;
  readonly gone: AbortSignal;
  /** Who asks: nobody takes the room of all others. */
  readonly who: string;
}

/** Time between two questions, and how long a server may take, in ms. */
const [askEachMs, askMs] = [300, 500];
/** Most traces at once, and most of one who asks. */
const [mostTraces, mostOfWho] = [10, 4];
/** Most lines of one question, and of one trace. */
const [mostOfOne, mostLines] = [500, 20_000];
/** Longest text of a line, in characters. */
const longestText = 256;

/** Has all servers tell what happens to a user, as long as somebody wants to know. */
export class Traces {
  readonly #hub: Pick<LinkHub, 'ask' | 'registry'>;
  readonly #clock: Clock;
  readonly #wallTime: () => number;
  /** Who has begun those that go on. */
  readonly #underWay: string[] = [];

  /** @param wallTime milliseconds since 1970 */
  constructor(hub: Pick<LinkHub, 'ask' | 'registry'>, clock: Clock, wallTime: () => number = Date.now) {
    this.#hub = hub;
    this.#clock = clock;
    this.#wallTime = wallTime;
  }

  /** Tells it until the time is over, whoever asks is gone, or it was too much. @throws TRACES_FULL */
  async trace({ uid, forMs, tell, gone, who }: TraceCall): Promise<TraceEnd> {
    const own = this.#underWay.filter((one) => one === who).length;
    if (own >= mostOfWho || this.#underWay.length >= mostTraces)
      throw new PomeloError('TRACES_FULL', { own, most: mostTraces, mostOfOne: mostOfWho });
    this.#underWay.push(who);
    const id = randomUUID();
    const until = this.#clock.now() + forMs;
    let [lines, lost] = [0, 0];
    let silent: readonly string[] = [];
    const order = new InOrder();
    try {
      for (;;) {
        const asked = this.#wallTime();
        const news = await this.#ask(id, uid, mostLines - lines);
        lines += news.lines.length;
        lost += news.lost;
        const left = until - this.#clock.now();
        const ended = gone.aborted ? 'gone' : lines >= mostLines ? 'full' : left <= 0 ? 'time' : undefined;
        const ready = order.take(news.lines, ended ? Infinity : asked);
        const changed = news.silent.join() !== silent.join();
        silent = news.silent;
        if (ready.length + news.lost > 0 || changed)
          tell({ lines: ready, lost: news.lost, ...(changed && { silent }) });
        if (ended) return { ended, lines, lost };
        await this.#pause(Math.min(askEachMs, left), gone);
      }
    } finally {
      this.#underWay.splice(this.#underWay.indexOf(who), 1);
      void this.#ask(id, undefined); // each forgets it by itself, too
    }
  }

  async #ask(id: string, uid: string | undefined, room = mostOfOne) {
    const servers = this.#hub.registry.all.filter(({ state }) => state === 'ready' || state === 'draining');
    const question = { id, ...(uid !== undefined && { uid }) };
    const answers = await Promise.all(
      servers.map(async ({ id: server }) => {
        try {
          return await this.#hub.ask(server, 'trace', question, askMs, (answer) => readNews(server, answer));
        } catch (error) {
          return `${server}: ${reasonOf(error)}`;
        }
      }),
    );
    const told = answers.filter((one) => typeof one !== 'string');
    const all = inOrder(told.flatMap(({ lines }) => lines));
    const most = Math.min(mostOfOne, room);
    const over = Math.max(0, all.length - most);
    return {
      lines: all.slice(0, most),
      lost: told.reduce((sum, { lost }) => sum + lost, over),
      silent: answers.filter((one) => typeof one === 'string').sort(),
    };
  }

  #pause(ms: number, gone: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        cancel();
        gone.removeEventListener('abort', done);
        resolve();
      };
      const cancel = this.#clock.after(ms, done);
      gone.addEventListener('abort', done);
    });
  }
}

/**
 * Puts lines of several servers in the order of time. A server that has answered just before something happened there tells it with its next
 * answer: what is younger than the question waits for that, and no longer, as clocks of hosts differ.
 */
class InOrder {
  #waiting: readonly TraceLine[] = [];

  /** What can be told now, of what waits and of `lines`. @param asked when they were asked for; all is told that is older */
  take(lines: readonly TraceLine[], asked: number): readonly TraceLine[] {
    const ready = [...this.#waiting, ...lines.filter(({ at }) => at < asked)];
    this.#waiting = lines.filter(({ at }) => at >= asked);
    return inOrder(ready);
  }
}

function readNews(
  server: string,
  answer: unknown,
): { readonly lines: readonly TraceLine[]; readonly lost: number } {
  const { lines, lost } = objectOf(answer);
  const read = (one: unknown): TraceLine => {
    const { at, kind, what, session, code, ms, bytes } = objectOf(one);
    const known = traceKinds.find((name) => name === kind);
    if (!known) throw new Error('expected what happened');
    return {
      ...{ at: numberOf(at), server, kind: known, what: lineOf(what, longestText) },
      ...maybe('session', session, (text) => textOf(text, longestText)),
      ...maybe('code', code, (text) => lineOf(text, longestText)),
      ...maybe('ms', ms, (number) => numberOf(number, 0)),
      ...maybe('bytes', bytes, (number) => wholeOf(number, 0)),
    };
  };
  return { lines: listOf(lines, read, 2 * mostOfOne), lost: wholeOf(lost, 0) };
}
