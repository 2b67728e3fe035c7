import type { Happening } from '@pomelo-ts/views';
import type { AppliedChange } from '../servers/topology-operations.js';

/** Most that is remembered, and most values that one note names. */
const [mostNotes, mostNamed] = [200, 3];

/** Remembers what was changed in the configuration while this master leads, for marks under charts. */
export class ConfigNotes {
  readonly #parts: { readonly master: string; wallTime(): number };
  #all: readonly Happening[] = [];

  /** @param parts id of the master, and milliseconds since 1970 */
  constructor(parts: { readonly master: string; wallTime(): number }) {
    this.#parts = parts;
  }

  note(change: AppliedChange): void {
    const { master, wallTime } = this.#parts;
    const happening: Happening = { at: wallTime(), kind: 'config', id: master, is: wordsOf(change) };
    this.#all = [...this.#all, happening].slice(-mostNotes);
  }

  /** Oldest first. */
  get all(): readonly Happening[] {
    return this.#all;
  }
}

/** What is different, without its values, which may be secret: `+chat-3, -chat-2, settings.log.level, … (5)`, where 5 is of how many. */
function wordsOf({ added = [], removed = [], changes = [] }: AppliedChange): string {
  const all = [
    ...added.map((id) => `+${id}`),
    ...removed.map((id) => `-${id}`),
    ...changes.map(({ path }) => path),
  ];
  const named = all.slice(0, mostNamed).join(', ');
  return all.length > mostNamed ? `${named}, … (${all.length})` : named;
}
