/** Why a robot's wait ended: its round is, or the whole run. No error of anybody. */
export class RoundOver extends Error {
  override readonly name = 'RoundOver';

  constructor() {
    super('the round is over');
  }
}

/** What one robot waits for, beside answers. */
export class Waits {
  readonly #cancels = new Set<(error: unknown) => void>();
  #over: unknown;

  /** Waits `ms`. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#over !== undefined) reject(this.#over);
      else this.#begin(ms, resolve, reject);
    });
  }

  /** Waits until `begin` has called one of its arguments, at most `ms`. */
  wait<T>(
    ms: number,
    tooLate: () => Error,
    begin: (resolve: (value: T) => void, reject: (error: unknown) => void) => void,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#over !== undefined) {
        reject(this.#over);
        return;
      }
      const done = this.#begin(ms, () => reject(tooLate()), reject);
      begin(
        (value) => {
          done();
          resolve(value);
        },
        (error) => {
          done();
          reject(error);
        },
      );
    });
  }

  /** Ends all waits by an error. */
  cancel(error: unknown): void {
    for (const cancel of [...this.#cancels]) cancel(error);
  }

  /** Ends all waits, those that are yet to come too. */
  end(error: unknown): void {
    this.#over = error;
    this.cancel(error);
  }

  /** Calls `onTime` after `ms` unless it is cancelled or what is returned is called before. */
  #begin(ms: number, onTime: () => void, onCancel: (error: unknown) => void): () => void {
    const cancel = (error: unknown) => {
      done();
      onCancel(error);
    };
    const timer = setTimeout(() => {
      done();
      onTime();
    }, ms);
    const done = () => {
      clearTimeout(timer);
      this.#cancels.delete(cancel);
    };
    this.#cancels.add(cancel);
    return done;
  }
}
