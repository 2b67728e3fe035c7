import type { Listening, ServerState } from '../registry.js';

/** How a server is, by its own word and by the master's leave to take new work. */
export class OwnState {
  #state: ServerState = 'starting';
  /** Whether the master lets it be sent new work. It outlives the link, and the master that said so. */
  #takesNew = true;
  #listening: Listening = {};

  /** Its state as all others are told it. */
  get told(): ServerState {
    return this.#state === 'ready' && !this.#takesNew ? 'draining' : this.#state;
  }

  get listening(): Listening {
    return this.#listening;
  }

  report(state: ServerState, listening: Listening | undefined): void {
    this.#state = state;
    this.#listening = { ...this.#listening, ...listening };
  }

  /** True when others must be told of it. */
  takeNew(takes: boolean): boolean {
    if (takes === this.#takesNew) return false;
    this.#takesNew = takes;
    return this.#state === 'ready';
  }
}
