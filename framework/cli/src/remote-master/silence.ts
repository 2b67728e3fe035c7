/** How long is waited for whoever answers, in ms. */
export interface Waits {
  /** For the head of an answer, and between two signs of life where they are promised. */
  readonly silentMs: number;
  /** For all of an answer to what only looks, from one thing that is told to the next. */
  readonly lookMs: number;
}

/** Ends the wait for one answer once it takes too long. */
export class Silence {
  readonly #waits: Waits;
  readonly #may: string;
  readonly #looks: boolean;
  readonly #abort = new AbortController();
  #silent: NodeJS.Timeout | undefined;
  #told: NodeJS.Timeout | undefined;
  #promised = true;

  /** @param looks whether what was asked for changes nothing; of what changes something is said that it may go on */
  constructor(waits: Waits, looks: boolean) {
    this.#waits = waits;
    this.#looks = looks;
    this.#may = looks ? '' : '; what it was asked for may go on there';
    this.alive();
    this.told();
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** The answer has begun. @param promised whether it has signs of life in it */
  begun(promised: boolean): void {
    this.#promised = promised;
    this.alive();
  }

  /** Something came, be it nothing but a sign of life. */
  alive(): void {
    clearTimeout(this.#silent);
    if (this.#promised) this.#silent = this.#end('it has said nothing for', this.#waits.silentMs);
  }

  /** Something was told. */
  told(): void {
    clearTimeout(this.#told);
    if (this.#looks) this.#told = this.#end('it has told nothing for', this.#waits.lookMs);
  }

  over(): void {
    clearTimeout(this.#silent);
    clearTimeout(this.#told);
  }

  #end(what: string, ms: number): NodeJS.Timeout {
    return setTimeout(() => this.#abort.abort(new Error(`${what} ${ms / 1000} s${this.#may}`)), ms);
  }
}
