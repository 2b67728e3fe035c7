import { type RegistryEntry, type RegistryView, takesNew } from '@pomelo-ts/cluster';

/** Most backends that a session remembers, as it tells them to each backend that it comes to. */
const mostAvoided = 100;

const none: readonly string[] = Object.freeze([]);

/**
 * Backends that drain while another of their type takes new work: a session that begins now is never sent to them, also when they take new
 * work again, so that it stays where it is. It carries that along, and so all servers agree on it.
 */
export class AvoidedBackends {
  readonly #registry: RegistryView;
  #ids: readonly string[] | undefined;

  constructor(registry: RegistryView) {
    this.#registry = registry;
    registry.onChange(() => {
      this.#ids = undefined;
    });
  }

  /** Their ids at this moment: the same list for all sessions that begin until something changes. */
  get ids(): readonly string[] {
    this.#ids ??= this.#find();
    return this.#ids;
  }

  #find(): readonly string[] {
    const draining = this.#registry.all.filter((entry) => this.#isAvoided(entry));
    return draining.length === 0 ? none : draining.slice(0, mostAvoided).map(({ id }) => id);
  }

  #isAvoided({ frontend, state, type }: RegistryEntry): boolean {
    return !frontend && state === 'draining' && this.#registry.takingNew(type).some(takesNew);
  }
}
