import type { LinkHub } from '@pomelo-ts/cluster/masters';
import { PomeloError } from '@pomelo-ts/common';
import { objectOf, textOf } from '../hosts/said.js';

/** A push as one server is asked for it. */
export interface AskedPush {
  readonly to:
    | { readonly uids: readonly (string | number)[] }
    | { readonly sessions: readonly string[] }
    | { readonly type: string }
    | { readonly channel: string };
  readonly route: string;
  readonly body: unknown;
}

/** To how many it went, and of how many it did not. */
export interface PushOutcome {
  readonly delivered: number;
  readonly failed: number;
}

/** Most pushes that one message has, and their bytes; most that wait for a server, and their bytes. */
const [mostInOne, mostBytesInOne] = [256, 512 * 1024];
const [mostWaiting, mostBytesWaiting] = [20_000, 16 * 1024 * 1024];
/** How long a server may take for the pushes of one message, in ms. */
const askMs = 5000;
/** Messages that are under way to one server at once. */
const mostUnderWay = 2;

interface Waiting {
  readonly push: AskedPush;
  readonly bytes: number;
  resolve(outcome: PushOutcome): void;
  reject(error: Error): void;
}

/** The pushes that one server is asked for: those that come while it is busy go together in its next message. */
export class PushLine {
  readonly #hub: LinkHub;
  readonly #serverId: string;
  readonly #waiting: Waiting[] = [];
  #bytes = 0;
  #underWay = 0;
  #soon = false;

  constructor(hub: LinkHub, serverId: string) {
    this.#hub = hub;
    this.#serverId = serverId;
  }

  /** @throws PUSH_BUSY; SERVER_SILENT; PUSH_REFUSED with what the server says of it */
  send(push: AskedPush): Promise<PushOutcome> {
    const bytes = JSON.stringify(push).length;
    if (this.#waiting.length >= mostWaiting || this.#bytes + bytes > mostBytesWaiting)
      throw new PomeloError('PUSH_BUSY', { serverId: this.#serverId, most: mostWaiting });
    return new Promise((resolve, reject) => {
      this.#waiting.push({ push, bytes, resolve, reject });
      this.#bytes += bytes;
      if (this.#soon) return;
      this.#soon = true;
      setImmediate(() => {
        this.#soon = false;
        this.#go();
      });
    });
  }

  #go(): void {
    while (this.#underWay < mostUnderWay && this.#waiting.length > 0) {
      const some = this.#take();
      this.#underWay += 1;
      void this.#ask(some).finally(() => {
        this.#underWay -= 1;
        this.#go();
      });
    }
  }

  #take(): readonly Waiting[] {
    let [count, bytes] = [0, 0];
    for (const one of this.#waiting) {
      if (count === mostInOne || (count > 0 && bytes + one.bytes > mostBytesInOne)) break;
      count += 1;
      bytes += one.bytes;
    }
    this.#bytes -= bytes;
    return this.#waiting.splice(0, count);
  }

  async #ask(some: readonly Waiting[]): Promise<void> {
    try {
      const pushes = some.map(({ push }) => push);
      const read = (answer: unknown) => readOutcomes(answer, some.length);
      const outcomes = await this.#hub.ask(this.#serverId, 'push', { pushes }, askMs, read);
      for (const [at, { resolve, reject }] of some.entries()) {
        const outcome = outcomes[at]!;
        if ('reason' in outcome) reject(new PomeloError('PUSH_REFUSED', outcome));
        else resolve(outcome);
      }
    } catch (error) {
      for (const { reject } of some) reject(error as Error);
    }
  }
}

function readOutcomes(answer: unknown, count: number): (PushOutcome | { readonly reason: string })[] {
  const { outcomes } = objectOf(answer);
  if (!Array.isArray(outcomes) || outcomes.length !== count) throw new Error(`expected ${count} outcomes`);
  return outcomes.map((outcome) => {
    const { delivered, failed, reason } = objectOf(outcome);
    if (reason !== undefined) return { reason: textOf(reason).slice(0, 500) };
    if (typeof delivered !== 'number' || typeof failed !== 'number') throw new Error('expected two numbers');
    return { delivered, failed };
  });
}
