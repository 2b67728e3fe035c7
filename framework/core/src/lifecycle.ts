import { type Clock, type Logger, PomeloError, reasonOf } from '@pomelo-ts/common';
import type { LifecycleOf, OwnedLifecycle } from './application/lifecycle-of.js';
import type { Application } from './application.js';

/**
 * What a game does around the life of a server, in the order of its life. Each may be asynchronous; how long one may take
 * is `lifecycle.timeout` in `settings.json5`.
 */
export interface Lifecycle extends LifecycleOf<Application> {}

/** The hooks of a {@link Lifecycle}. */
export type LifecycleHook = keyof Lifecycle;

/**
 * Defines the hooks of a server type, in `app/servers/<type>/lifecycle.ts`.
 *
 * @example
 * export default defineLifecycle({
 *   async beforeStartup(app) { await openDatabase(app.env); },
 *   async beforeShutdown() { await closeDatabase(); },
 * });
 */
export function defineLifecycle(hooks: Lifecycle): Lifecycle {
  return hooks;
}

/** Runs one hook of all owners, one after the other; stopping, in reverse. */
export class LifecycleRunner {
  readonly #app: Application;
  readonly #owned: readonly OwnedLifecycle<Application>[];
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor(options: {
    app: Application;
    owned: readonly OwnedLifecycle<Application>[];
    clock: Clock;
    logger: Logger;
  }) {
    this.#app = options.app;
    this.#owned = options.owned;
    this.#clock = options.clock;
    this.#logger = options.logger;
  }

  /** Rejects with the first failure. @throws HOOK_FAILED, HOOK_TIMEOUT */
  async run(hook: LifecycleHook, timeoutMs: number): Promise<void> {
    for (const one of this.#owned) await this.#runOne(one, hook, timeoutMs);
  }

  /** Goes on after failures, which are logged. */
  async runAll(hook: LifecycleHook, timeoutMs: number): Promise<void> {
    const ends = this.#clock.now() + timeoutMs;
    const order = hook === 'beforeShutdown' ? [...this.#owned].reverse() : this.#owned;
    for (const one of order) {
      try {
        await this.#runOne(one, hook, Math.max(0, ends - this.#clock.now()));
      } catch (error) {
        this.#app.counters.lifecycleFailures.add();
        this.#logger.error(reasonOf(error), { error });
      }
    }
  }

  async #runOne(
    { owner, hooks }: OwnedLifecycle<Application>,
    hook: LifecycleHook,
    timeoutMs: number,
  ): Promise<void> {
    if (!hooks[hook]) return;
    const tooLate = new PomeloError('HOOK_TIMEOUT', { hook, owner, ms: Math.round(timeoutMs) });
    let cancel = (): void => {};
    const timeout = new Promise<never>((_resolve, reject) => {
      cancel = this.#clock.after(timeoutMs, () => reject(tooLate));
    });
    try {
      await Promise.race([hooks[hook](this.#app), timeout]);
    } catch (error) {
      if (error === tooLate) throw error;
      throw new PomeloError('HOOK_FAILED', { hook, owner, reason: reasonOf(error) }, { cause: error });
    } finally {
      cancel();
    }
  }
}
