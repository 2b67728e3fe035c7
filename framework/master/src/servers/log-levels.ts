import type { LinkHub } from '@pomelo-ts/cluster/masters';
import { type LogLevel, reasonOf } from '@pomelo-ts/common';
import { objectOf, textOf } from '../hosts/said.js';

/** How long each server may take, in ms. */
const askMs = 2000;

/** The level that a server has logged at, and the one it logs at now. */
export interface LevelChange {
  readonly was?: string;
  readonly is: string;
}

/** What came of it. */
export interface LogLevelAnswer {
  /** Those that log so now. */
  readonly changed: readonly string[];
  /** The level of each before and now; a server of an earlier build does not tell the one before. */
  readonly levels: Readonly<Record<string, LevelChange>>;
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
          return { id, levels: await this.#hub.ask(id, 'log level', args, askMs, changeOf) };
        } catch (error) {
          return { id, reason: reasonOf(error) };
        }
      }),
    );
    const told = answers.flatMap(({ id, levels }) => (levels ? [[id, levels] as const] : []));
    return {
      changed: told.map(([id]) => id),
      levels: Object.fromEntries(told),
      silent: answers.flatMap(({ id, reason }) => (reason === undefined ? [] : [{ id, reason }])),
    };
  }
}

const longestLevel = 10;

function changeOf(answer: unknown): LevelChange {
  const { level, was } = objectOf(answer);
  return {
    ...(was !== undefined && { was: textOf(was, longestLevel) }),
    is: textOf(level, longestLevel),
  };
}
