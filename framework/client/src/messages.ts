import { ClientError, reasonOf } from './errors.js';
import { Listeners } from './listeners.js';

/** What the game listens to: pushes by their routes, and what went wrong with single ones. */
export class Messages {
  readonly #pushes = new Map<string, Listeners<unknown>>();
  readonly #any = this.listeners<{ readonly route: string; readonly body: unknown }>('onAny');
  readonly #faults = new Listeners<ClientError>(throwLater);

  /** Listeners whose own errors are told as faults of `route`. */
  listeners<T>(route: string): Listeners<T> {
    return new Listeners<T>((error) => {
      if (this.#faults.size === 0) throwLater(error);
      else this.fault(new ClientError('LISTENER', { route, reason: reasonOf(error) }, { cause: error }));
    });
  }

  /** Returns what removes the listener again. */
  on(route: string, listener: (body: unknown) => void): () => void {
    let listeners = this.#pushes.get(route);
    if (listeners === undefined) {
      listeners = this.listeners<unknown>(route);
      this.#pushes.set(route, listeners);
    }
    return listeners.add(listener);
  }

  /** Returns what removes the listener again. */
  onAny(listener: (route: string, body: unknown) => void): () => void {
    return this.#any.add(({ route, body }) => listener(route, body));
  }

  /** Whether anybody wants the pushes of a route. */
  isHeard(route: string): boolean {
    return this.#any.size > 0 || (this.#pushes.get(route)?.size ?? 0) > 0;
  }

  tell(route: string, body: unknown): void {
    this.#pushes.get(route)?.tell(body);
    if (this.#any.size > 0) this.#any.tell({ route, body });
  }

  /** Returns what removes the listener again. */
  onFault(listener: (error: ClientError) => void): () => void {
    return this.#faults.add(listener);
  }

  fault(error: ClientError): void {
    if (this.#faults.size === 0) console.warn(error.message);
    else this.#faults.tell(error);
  }
}

/** Where every uncaught error goes: out of the way of the packages that follow. */
function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
