import { judge, type Verdict } from './fence.js';

/** Which lives of servers a master lets in, and which of those may begin. */
export class Welcome {
  readonly #admitted = new Set<string>();
  readonly #expected = new Map<string, string>();
  readonly #dismissed = new Map<string, string>();

  /** Whether this server gets its settings when it joins. */
  isAdmitted(id: string): boolean {
    return this.#admitted.has(id);
  }

  admit(id: string): void {
    this.#admitted.add(id);
  }

  hold(id: string): void {
    this.#admitted.delete(id);
  }

  /** Only this life is welcome from now on; undefined for none. */
  expect(id: string, bootId: string | undefined): void {
    this.#expected.set(id, bootId ?? 'nobody');
  }

  /** This life was stopped on purpose, and is not welcome any more. */
  dismiss(id: string, bootId: string): void {
    this.#dismissed.set(id, bootId);
  }

  /** There is no such server any more. */
  forget(id: string): void {
    this.#admitted.delete(id);
    this.#expected.delete(id);
  }

  /** Decides about a life that has come; `holder` is the one that is there. */
  judge(id: string, bootId: string, known: boolean, holder: string | undefined): Verdict {
    const expected = this.#expected.get(id);
    return judge(bootId, { known, expected, dismissed: this.#dismissed.get(id), holder });
  }
}
