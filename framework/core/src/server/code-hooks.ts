import type { CronEntry } from '@pomelo-ts/cluster';
import { briefError } from '@pomelo-ts/common/internal';
import type { Application, Registrations } from '../application.js';
import type { Endings, RunHook } from './endings.js';

/** One thing in one of the application's lists. */
interface Item {
  readonly list: unknown[];
  readonly item: unknown;
}

/** What one file of code has registered while it was made. */
interface Hooks {
  readonly items: readonly Item[];
  readonly started: readonly (() => unknown)[];
  readonly stopping: readonly (() => unknown)[];
  readonly crons: readonly CronEntry[];
}

/** The lists that code may add to while it is made. */
const listsOf = (of: Registrations): readonly unknown[][] => [
  of.filters,
  of.globalFilters,
  of.remoteFilters,
  of.httpHandlers,
  of.rateLimits,
  of.lifecycles,
  of.opening,
  of.started,
  of.stopping,
  of.sessionClosed,
  of.sessionBound,
  of.sessionUnbound,
];

/**
 * What the files that a reload can replace have registered with the application (`onStop`, `onSessionClosed`, filters, crons):
 * it begins with the file's code and ends with it. So nothing piles up over reloads, and nothing of former code runs on.
 */
export class CodeHooks {
  readonly #app: Application;
  readonly #endings: Endings;
  readonly #hooks = new Map<object, Hooks>();

  constructor(app: Application, endings: Endings) {
    this.#app = app;
    this.#endings = endings;
  }

  /** Makes the code of one file. What it registers meanwhile waits for {@link begin}. */
  async make<Code extends object>(make: () => Promise<Code>): Promise<Code> {
    const lists = listsOf(this.#app.registrations);
    const lengths = lists.map(({ length }) => length);
    const release = this.#app.crons.hold();
    const taken = (): Hooks => {
      const added = lists.map((list, index) => list.splice(lengths[index]!));
      const { started, stopping } = this.#app.registrations;
      const of = (list: unknown[]) => added[lists.indexOf(list)] as (() => unknown)[];
      const items = lists.flatMap((list, index) => added[index]!.map((item) => ({ list, item })));
      return { items, started: of(started), stopping: of(stopping), crons: release() };
    };
    let code: Code;
    try {
      code = await make();
    } catch (error) {
      await this.#stop(taken(), this.inTime());
      throw error;
    }
    const hooks = taken();
    this.#tellTooLate(hooks);
    if (hooks.items.length + hooks.crons.length > 0) this.#hooks.set(code, hooks);
    return code;
  }

  /** Whether there is anything to end with this code. */
  has(code: object): boolean {
    return this.#hooks.has(code);
  }

  /** Ids of the crons that these have added. */
  cronsOf(codes: readonly object[]): ReadonlySet<string> {
    return new Set(codes.flatMap((code) => this.#hooks.get(code)?.crons ?? []).map(({ id }) => id));
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
    for (const { started } of this.#of(coming))
      for (const fn of started) await run('an onStarted of reloaded code', fn);
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
  #tellTooLate({ items }: Hooks): void {
    const { httpHandlers, rateLimits, opening } = this.#app.registrations;
    const early: readonly unknown[] = [httpHandlers, rateLimits, opening];
    if (!items.some(({ list }) => early.includes(list))) return;
    this.#app.logger.warn(
      'app.http and app.rateLimit do nothing in handlers, remotes, crons and filters: call them in app.ts',
    );
  }

  async #stop({ stopping }: Hooks, run: RunHook): Promise<void> {
    for (const fn of stopping) await run('an onStop of replaced code', fn);
  }

  #of(codes: readonly object[]): Hooks[] {
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
