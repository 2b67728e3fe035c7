/** Tells once that all servers of the start are ready; who asks later is told at once. */
export class AllStarted {
  #told = false;
  readonly #waiting: (() => void)[] = [];

  wait(fn: () => void): void {
    if (this.#told) fn();
    else this.#waiting.push(fn);
  }

  tell(): void {
    this.#told = true;
    for (const fn of this.#waiting.splice(0)) fn();
  }
}
