import { isDeepStrictEqual } from 'node:util';
import type { Client } from '@pomelo-ts/client';

/** A push that has come and that nobody has expected yet. */
export interface ReceivedPush {
  readonly route: string;
  readonly body: unknown;
}

/** What a push must have: these members with these values, and any others; or what the function says yes to. */
export type PushMatch = Readonly<Record<string, unknown>> | ((body: never) => boolean);

/** Keeps all pushes of a client until they are expected. */
export class PushLog {
  readonly #kept: ReceivedPush[] = [];
  readonly #watchers = new Set<() => void>();

  constructor(client: Pick<Client, 'onAny'>) {
    client.onAny((route, body) => {
      this.#kept.push({ route, body });
      for (const look of this.#watchers) look();
    });
  }

  /** Pushes that have come and were not expected yet, in their order. */
  get waiting(): readonly ReceivedPush[] {
    return this.#kept;
  }

  /** Takes the first push of `route` that matches; waits for it up to `timeoutMs`. */
  async take(route: string, match: PushMatch | undefined, timeoutMs: number): Promise<unknown> {
    const found = this.#find(route, match);
    if (found) return found.body;
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const push = this.#find(route, match);
        if (!push) return;
        end();
        resolve(push.body);
      };
      // On the machine's own clock: the cluster's may stand still.
      const timer = setTimeout(() => {
        end();
        reject(new Error(this.#nothingCame(route, match, timeoutMs)));
      }, timeoutMs);
      const end = (): void => {
        clearTimeout(timer);
        this.#watchers.delete(look);
      };
      this.#watchers.add(look);
    });
  }

  #find(route: string, match: PushMatch | undefined): ReceivedPush | undefined {
    const index = this.#kept.findIndex((push) => push.route === route && matches(push.body, match));
    return index < 0 ? undefined : this.#kept.splice(index, 1)[0];
  }

  #nothingCame(route: string, match: PushMatch | undefined, timeoutMs: number): string {
    const wanted = typeof match === 'object' ? ` with ${JSON.stringify(match)}` : '';
    const others = this.#kept.map((push) => `\n  ${push.route} ${JSON.stringify(push.body)}`).join('');
    return `expected a push ${route}${wanted} within ${timeoutMs} ms; ${
      others ? `these came instead:${others}` : 'no other push came'
    }`;
  }
}

function matches(body: unknown, match: PushMatch | undefined): boolean {
  if (match === undefined) return true;
  if (typeof match === 'function') return match(body as never);
  return contains(body, match);
}

/** Whether `actual` has all that `wanted` has; lists must be equal in length. */
function contains(actual: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return isDeepStrictEqual(actual, wanted);
  if (typeof actual !== 'object' || actual === null) return false;
  if (Array.isArray(wanted) && (actual as unknown[]).length !== wanted.length) return false;
  return Object.entries(wanted).every(([key, value]) =>
    contains((actual as Record<string, unknown>)[key], value),
  );
}
