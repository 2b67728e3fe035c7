import { AsyncLocalStorage } from 'node:async_hooks';
import type { CronEntry } from '@pomelo-ts/cluster';
import { briefError } from '@pomelo-ts/common/internal';
import type { Application } from '../application.js';
import { Making } from '../making.js';
import type { CronsOfSwap } from '../schedule/crons-of-swap.js';
import type { Endings, RunHook } from './endings.js';

/**
 * What the files that a reload can replace have registered with the application (`onStop`, `onSessionClosed`, filters, crons):
 * it begins with the file's code and ends with it. So nothing piles up over reloads, and nothing of former code runs on.
 */
export class CodeHooks {
  readonly #app: Application;
  readonly #endings: Endings;
  readonly #hooks = new Map<object, Making>();
  /** Whose code registers something: a reload waits for what it makes, and meanwhile players go on. */
  readonly #inside = new AsyncLocalStorage<Making>();
  #atWork = 0;

  constructor(app: Application, endings: Endings) {
    this.#app = app;
    this.#endings = endings;
    app.useMaking(() => this.#inside.getStore());
  }

  /**
   * Makes the code of one file. What it registers meanwhile waits for {@link swap}; what code in use registers at the same time does not.
   */
  async make<Code extends object>(make: () => Promise<Code>): Promise<Code> {
    const making = new Making();
    let code: Code;
    this.#atWork++;
    try {
      code = await this.#inside.run(making, make);
    } catch (error) {
      await this.#stop(making, this.inTime());
      throw error;
    } finally {
      // With it in use every promise of this process costs more.
      if (--this.#atWork === 0) this.#inside.disable();
    }
    this.#tellTooLate(making);
    if (making.items.length + making.crons.length + making.removed.length > 0) this.#hooks.set(code, making);
    return code;
  }

  /** Whether there is anything to end with this code. */
  has(code: object): boolean {
    return this.#hooks.has(code);
  }

  /** What it means for crons that `coming` takes the place of `leaving`. */
  cronsOf(leaving: readonly object[], coming: readonly object[]): CronsOfSwap {
    const staying = [...this.#hooks.keys()].filter((code) => !leaving.includes(code));
    const kept = new Set(this.#of(staying).flatMap(({ removed }) => removed));
    return {
      ended: new Set(this.#of(leaving).flatMap(({ crons }) => crons.map(({ id }) => id))),
      removed: new Set(this.#of(coming).flatMap(({ removed }) => removed)),
      returning: new Set(
        this.#of(leaving)
          .flatMap(({ removed }) => removed)
          .filter((id) => !kept.has(id)),
      ),
    };
  }

  /** Puts what `coming` has registered in the place of what `leaving` had. */
  swap(leaving: readonly object[], coming: readonly object[]): void {
    for (const code of leaving)
      for (const { list, item } of this.#hooks.get(code)?.items ?? []) remove(list, item);
    for (const { items, crons } of this.#of(coming)) {
      for (const { list, item } of items) list.push(item);
      for (const cron of crons) this.#addCron(cron);
    }
  }

  /** All hooks of one reload have the time of one together: whoever waits for the reload waits no longer. */
  inTime(): RunHook {
    return this.#endings.within(this.#app.settings.settings.lifecycle.timeoutMs);
  }

  /** Runs the `onStarted` of code that has come to a server that runs. */
  async started(coming: readonly object[], run: RunHook): Promise<void> {
    const { started } = this.#app.registrations;
    for (const making of this.#of(coming))
      for (const fn of making.of(started) as (() => unknown)[])
        await run('an onStarted of reloaded code', fn);
  }

  /** Runs the `onStop` of code that is used no more. */
  async end(leaving: readonly object[], run: RunHook = this.inTime()): Promise<void> {
    for (const code of leaving) {
      const hooks = this.#hooks.get(code);
      this.#hooks.delete(code);
      if (hooks) await this.#stop(hooks, run);
    }
  }

  /** These count when the server opens its ports, before any file of code is made. */
  #tellTooLate({ items }: Making): void {
    const { httpHandlers, rateLimits, opening } = this.#app.registrations;
    const early: readonly unknown[] = [httpHandlers, rateLimits, opening];
    if (!items.some(({ list }) => early.includes(list))) return;
    this.#app.logger.warn(
      'app.http and app.rateLimit do nothing in handlers, remotes, crons and filters: call them in app.ts',
    );
  }

  async #stop(making: Making, run: RunHook): Promise<void> {
    const { stopping } = this.#app.registrations;
    for (const fn of making.of(stopping) as (() => unknown)[]) await run('an onStop of replaced code', fn);
  }

  #of(codes: readonly object[]): Making[] {
    return codes.flatMap((code) => this.#hooks.get(code) ?? []);
  }

  #addCron(cron: CronEntry): void {
    try {
      this.#app.crons.add(cron);
    } catch (error) {
      this.#app.logger.error('a cron of reloaded code could not be added', { error: briefError(error) });
    }
  }
}

function remove(list: unknown[], item: unknown): void {
  const at = list.indexOf(item);
  if (at >= 0) list.splice(at, 1);
}
