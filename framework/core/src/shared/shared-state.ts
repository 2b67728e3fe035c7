import { PomeloError } from '@pomelo-ts/common';
import type { SharedOf, SharedOptions } from './shared-of.js';

/** Something that was made, and how it ends. */
interface Made {
  readonly value: unknown;
  dispose(): unknown;
}

/** What the code of one server shares, by name, in the order in which it was made. */
export class SharedState<App> {
  readonly #app: App;
  readonly #made = new Map<string, Made>();
  /** What is being made now, the innermost last. */
  readonly #making: string[] = [];
  #closed = false;

  constructor(app: App) {
    this.#app = app;
  }

  /** @throws SHARED_CYCLE, SHARED_CLOSED, SHARED_INVALID, and what making it throws: then nothing is kept */
  get<T>(shared: SharedOf<App, T>): T {
    const { name } = shared;
    const known = this.#made.get(name);
    if (known) return known.value as T;
    if (this.#closed) throw new PomeloError('SHARED_CLOSED', { name });
    const value = this.#make(shared);
    this.#made.set(name, { value, dispose: disposerOf(value, shared) });
    return value;
  }

  /**
   * Ends everything, what was made last first; nothing new is made from here on. `end` runs one of these, with its name: it
   * must not throw.
   */
  async dispose(end: (name: string, dispose: () => unknown) => Promise<void>): Promise<void> {
    this.#closed = true;
    for (const [name, made] of [...this.#made].reverse()) {
      this.#made.delete(name);
      await end(name, () => made.dispose());
    }
  }

  #make<T>({ name, make }: SharedOf<App, T>): T {
    const began = this.#making.indexOf(name);
    if (began >= 0) {
      const path = [...this.#making.slice(began), name].join(' -> ');
      throw new PomeloError('SHARED_CYCLE', { name, path });
    }
    this.#making.push(name);
    let value: T;
    try {
      value = make(this.#app);
    } finally {
      this.#making.pop();
    }
    if (typeof (value as { then?: unknown } | null | undefined)?.then !== 'function') return value;
    // The error below tells it; that its making fails besides is nobody's to hear.
    (value as PromiseLike<unknown>).then(undefined, () => {});
    const reason =
      'its make gave a promise. Make it at once, and open it in app.onStarted or in beforeStartup of lifecycle.ts, which are waited for';
    throw new PomeloError('SHARED_INVALID', { name, reason });
  }
}

function disposerOf<T>(value: T, { dispose }: SharedOptions<T>): () => unknown {
  if (dispose) return () => dispose(value);
  const own = value as Partial<AsyncDisposable & Disposable> | null | undefined;
  return () => {
    const end = own?.[Symbol.asyncDispose] ?? own?.[Symbol.dispose];
    return end?.call(own);
  };
}
