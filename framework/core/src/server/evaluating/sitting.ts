import type { Clock } from '@pomelo-ts/common';

/** What lines typed one after the other share: the names that they give, and `_`, which is what the last one gave. */
export type Names = Record<string, unknown>;

/** How long the names of a sitting are kept after its last line, in ms. */
const idleMs = 30 * 60_000;
/** Most sittings of a server at once; the one that was idle longest makes room. */
const mostSittings = 16;

/** The sittings of operators at this process, by what their command lines call them. */
export class Sittings {
  readonly #clock: Clock;
  readonly #names = new Map<string, { readonly names: Names; readonly forget: () => void }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The names of a sitting, which is a new one where nothing is known of it. */
  of(id: string): Names {
    const names = this.#names.get(id)?.names ?? newNames();
    this.#forget(id);
    if (this.#names.size === mostSittings) this.#forget(this.#names.keys().next().value!);
    this.#names.set(id, { names, forget: this.#clock.every(idleMs, () => this.#forget(id)) });
    return names;
  }

  #forget(id: string): void {
    this.#names.get(id)?.forget();
    this.#names.delete(id);
  }
}

/** As the scope of code: a name that is neither there nor global belongs to the sitting as soon as something is assigned to it. */
function newNames(): Names {
  return new Proxy<Names>(Object.create(null), {
    has: (kept, name) =>
      typeof name === 'string' && name !== 'app' && (name in kept || !(name in globalThis)),
    get: (kept, name) => {
      if (typeof name === 'symbol') return undefined;
      if (name in kept) return kept[name];
      throw new ReferenceError(`${name} is not defined`);
    },
  });
}

const bare = /^\s*(?:let|var)\s+([\w$]+)\s*$/;
const declaration = /^\s*(?:const|let|var)\s+(?=([\w$]*))/;
const definition = /^\s*(?:async\s+)?(?:function\s*\*?|class)\s+([\w$]+)/;

/**
 * A line of a sitting as code whose names outlive it: what it declares or defines first is assigned.
 *
 * @throws SyntaxError for a name that all code of the process has
 */
export function keepingNames(line: string): string {
  const code = line.replace(/;\s*$/, '');
  const [, variable] = bare.exec(code) ?? [];
  if (variable !== undefined) return `${own(variable)} = undefined`;
  const [, defined] = definition.exec(code) ?? [];
  if (defined !== undefined) return `${own(defined)} = ${code}`;
  const [head, name] = declaration.exec(code) ?? [];
  if (head === undefined) return code;
  if (name !== '') own(name!);
  return code.slice(head.length);
}

function own(name: string): string {
  if (name !== 'app' && !(name in globalThis)) return name;
  throw new SyntaxError(`${name} is what all code of this server calls something else; take another name`);
}
