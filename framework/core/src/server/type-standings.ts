import type { RegistryEntry, RegistryView } from '@pomelo-ts/cluster';
import type { TypeStanding } from '../dispatch/frontend-dispatcher.js';

/**
 * Which server types clients may reach through a frontend: backends that there are, or that there may be soon. Types come, go
 * and change while it runs, as `config reload` and `add` have it.
 */
export class TypeStandings {
  readonly #known: Set<string>;
  readonly #byType = new Map<string, TypeStanding>();
  readonly #registry: RegistryView;

  /**
   * @param known types that there are handlers for, whether any server of them has come yet or not
   * @param changed called when what was said of a type is not true any more
   */
  constructor(registry: RegistryView, known: readonly string[], changed: () => void) {
    this.#registry = registry;
    this.#known = new Set(known);
    for (const { type } of registry.all) this.#look(type);
    registry.onChange((change) => {
      const { type } = entryOf(change);
      const before = this.#byType.get(type);
      this.#look(type);
      if (before !== this.#byType.get(type)) changed();
    });
  }

  /** A type that nobody has ever been of, and that there is no code for, is closed: clients invent such. */
  of(type: string): TypeStanding {
    return this.#byType.get(type) ?? (this.#known.has(type) ? 'absent' : 'closed');
  }

  #look(type: string): void {
    const entry = this.#registry.all.find((one) => one.type === type);
    if (entry) {
      this.#known.add(type);
      this.#byType.set(type, entry.frontend ? 'closed' : 'backend');
    } else this.#byType.delete(type);
  }
}

function entryOf(change: object): RegistryEntry {
  return Object.values(change)[0] as RegistryEntry;
}
