import type { LinkHub } from '@pomelo-ts/cluster/masters';
import { type LogLevel, reasonOf } from '@pomelo-ts/common';
import { objectOf, textOf } from '../hosts/said.js';

/** How long each server may take, in ms. */
const askMs = 2000;

/** What came of it. */
export interface LogLevelAnswer {
  /** Those that log so now. */
  readonly changed: readonly string[];
  readonly silent: readonly { readonly id: string; readonly reason: string }[];
}

/** Has servers log more or less, for as long as their processes live at most. */
export class LogLevels {
  readonly #hub: LinkHub;

  constructor(hub: LinkHub) {
    this.#hub = hub;
  }

  /** @param level undefined is that of their settings */
  async set(ids: readonly string[], level: LogLevel | undefined, forMs: number): Promise<LogLevelAnswer> {
    const args = { ...(level !== undefined && { level }), forMs };
    const answers = await Promise.all(
      ids.map(async (id) => {
        try {
          await this.#hub.ask(id, 'log level', args, askMs, (answer) =>
            textOf(objectOf(answer)['level'], 10),
          );
          return { id, reason: undefined };
        } catch (error) {
          return { id, reason: reasonOf(error) };
        }
      }),
    );
    return {
      changed: answers.flatMap(({ id, reason }) => (reason === undefined ? [id] : [])),
      silent: answers.flatMap(({ id, reason }) => (reason === undefined ? [] : [{ id, reason }])),
    };
  }
}
