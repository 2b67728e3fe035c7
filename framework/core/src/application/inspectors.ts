import { PomeloError } from '@pomelo-ts/common';
import { problemOfName, shown } from '@pomelo-ts/common/internal';
import type { Inspector } from '../inspector.js';

/** Most kinds of one server. */
const mostKinds = 50;

/** What a game lets operators look at, by kind. */
export class Inspectors {
  readonly #byKind = new Map<string, Inspector>();

  /** @throws INSPECTOR_INVALID for what is none, or another one of its kind */
  add(kind: string, inspector: Inspector): void {
    const reason = this.#problemOf(kind, inspector);
    if (reason !== undefined) throw new PomeloError('INSPECTOR_INVALID', { kind: shown(kind), reason });
    this.#byKind.set(kind, inspector);
  }

  get kinds(): readonly string[] {
    return [...this.#byKind.keys()].sort();
  }

  of(kind: string): Inspector | undefined {
    return this.#byKind.get(kind);
  }

  #problemOf(kind: unknown, inspector: Partial<Inspector> | null | undefined): string | undefined {
    const wrong = typeof kind === 'string' ? problemOfName(kind) : 'expected a text';
    if (wrong !== undefined) return wrong;
    if (this.#byKind.has(kind as string)) return 'there is one of this kind already';
    if (this.#byKind.size === mostKinds) return `at most ${mostKinds} kinds`;
    const { ids, inspect, redact = [] } = inspector ?? {};
    if (typeof ids !== 'function' || typeof inspect !== 'function')
      return 'expected functions as ids and inspect';
    const isList = Array.isArray(redact) && redact.every((name) => typeof name === 'string');
    return isList ? undefined : `expected names as redact, got ${shown(redact)}`;
  }
}
