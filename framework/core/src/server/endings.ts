import { type Clock, type Logger, PomeloError } from '@pomelo-ts/common';
import { briefError } from '@pomelo-ts/common/internal';
import type { CoreMeasures } from '../measures.js';

/** Runs one hook of the game, named in messages. Never rejects. */
export type RunHook = (hook: string, fn: () => unknown) => Promise<void>;

/** Runs what a game does at the end of something of its own: what fails or hangs there keeps nothing else from ending. */
export class Endings {
  readonly #clock: Clock;
  readonly #counters: CoreMeasures;
  readonly #logger: Logger;

  constructor(options: { clock: Clock; counters: CoreMeasures; logger: Logger }) {
    this.#clock = options.clock;
    this.#counters = options.counters;
    this.#logger = options.logger;
  }

  /** Runs hooks that have `ms` together. */
  within(ms: number): RunHook {
    const ends = this.#clock.now() + ms;
    return (hook, fn) => this.run(hook, fn, Math.max(0, ends - this.#clock.now()));
  }

  /** Runs `fn`, and waits `ms` at most for what it gives. Never rejects: a failure is logged and counted. */
  async run(hook: string, fn: () => unknown, ms: number): Promise<void> {
    let cancel = (): void => {};
    const late = new Promise<never>((_resolve, reject) => {
      const error = new PomeloError('STOP_TIMEOUT', { hook, ms: Math.round(ms) });
      cancel = this.#clock.after(ms, () => reject(error));
    });
    try {
      await Promise.race([fn(), late]);
    } catch (error) {
      this.#counters.lifecycleFailures.add();
      this.#logger.error(`${hook} of the game failed`, { error: briefError(error) });
    } finally {
      cancel();
    }
  }
}
