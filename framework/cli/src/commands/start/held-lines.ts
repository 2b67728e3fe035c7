const maxHeld = 10_000;

/** Lines of servers, held back while something is drawn that they would tear. */
export class HeldLines {
  readonly #print: (line: string) => void;
  #held: string[] | undefined;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  push(line: string): void {
    if (!this.#held) this.#print(line);
    else if (this.#held.push(line) > maxHeld) this.#held.shift();
  }

  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const line of held) this.#print(line);
  }
}
