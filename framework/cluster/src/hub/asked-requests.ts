/** What one operator has asked for: each request can be cancelled while it is under way, and all learn when the operator is gone. */
export class AskedRequests {
  readonly #left = new AbortController();
  readonly #underWay = new Map<number, AbortController>();

  /** One that has just come. The signal is aborted when it is cancelled, and when the operator is gone, then also if it is over already. */
  begin(n: number): AbortSignal {
    const asked = new AbortController();
    this.#underWay.set(n, asked);
    return AbortSignal.any([this.#left.signal, asked.signal]);
  }

  end(n: number): void {
    this.#underWay.delete(n);
  }

  /** What is over already is left as it is. */
  cancel(n: number): void {
    this.#underWay.get(n)?.abort();
  }

  leave(): void {
    this.#left.abort();
    this.#underWay.clear();
  }
}
