import { ClientError, reasonOf } from './errors.js';
import { Listeners } from './listeners.js';

/** What the game listens to: pushes by their routes, and what went wrong with single ones. */
export class Messages {
  readonly #pushes = new Map<string, Listeners<unknown>>();
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

  /** Those who want the pushes of a route; undefined when nobody does. */
  heardBy(route: string): Listeners<unknown> | undefined {
    const listeners = this.#pushes.get(route);
    return listeners?.size ? listeners : undefined;
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
