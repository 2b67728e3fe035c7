import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import { type Clock, reasonOf } from '@pomelo-ts/common';
import { beginRequest, longestAnswer, NoAnswer, type Question } from './exchange.js';
import { Refusal } from './members.js';
import type { WatchNews } from './watch.js';

/** How long a connection may be silent before the system asks whether the other end lives, in ms. */
const idleMs = 1000;

/** One watch at one member: a request whose answer does not end. */
export class WatchStream {
  /** Settles with the reason when it has ended. */
  readonly closed: Promise<Error>;
  readonly #question: Question;
  readonly #request: ClientRequest;
  readonly #cancel: () => void;
  #end!: (error: Error) => void;

  constructor(
    question: Question,
    agent: Agent,
    limit: { readonly timeoutMs: number; readonly clock: Clock },
  ) {
    this.#question = question;
    this.#request = beginRequest(question, agent);
    this.closed = new Promise((resolve) => {
      this.#end = (error) => {
        this.#cancel();
        resolve(error);
        this.#request.destroy();
      };
    });
    this.#request.setSocketKeepAlive(true, idleMs);
    this.#request.on('error', (error) => this.#end(error));
    this.#cancel = limit.clock.after(limit.timeoutMs, () =>
      this.#end(new Error(`no answer within ${limit.timeoutMs} ms`)),
    );
  }

  /** Resolves when the member watches; `hear` is told all that comes, and ends the stream by throwing. @throws NoAnswer, Refusal */
  opened(hear: (news: WatchNews) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      void this.closed.then((error) => {
        const { endpoint } = this.#question;
        reject(error instanceof Refusal ? error : new NoAnswer(endpoint, reasonOf(error), true));
      });
      this.#request.once('response', (response) =>
        this.#follow(response, (news) => {
          hear(news);
          if (!news.created) return;
          this.#cancel();
          resolve();
        }),
      );
    });
  }

  close(error = new Error('it was closed')): void {
    this.#end(error);
  }

  /** Reads lines of JSON as they come. */
  #follow(response: IncomingMessage, hear: (news: WatchNews) => void): void {
    let rest = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop()!;
      try {
        if (rest.length > longestAnswer) throw new Error('its answer has no end');
        for (const line of lines) if (line) hear(newsOf(line));
      } catch (error) {
        this.#end(error as Error);
      }
    });
    response.on('error', (error) => this.#end(error));
    response.on('end', () => this.#end(new Error('the member ended it')));
  }
}

function newsOf(line: string): WatchNews {
  const { result, error } = JSON.parse(line) as { result?: WatchNews; error?: { message?: string } };
  if (result) return result;
  throw new Error(error?.message ?? 'the member sent no news');
}
