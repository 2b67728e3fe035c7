import type { ToldSession } from '../session/backend-session-table.js';

/** Words that are kept for one backend. */
const mostKept = 10_000;

/** What becomes of a session at this frontend: why it has ended, or how often it has moved when it went on to another one. */
export type LastWord = string | number;

/** What one backend is still to be told of sessions that have come from another frontend, ended, or moved on. */
export class UntoldEnds {
  /** Whether it must be told which sessions live: it takes all others for ended. */
  owesAlive = false;
  readonly #words = new Map<number, LastWord>();
  readonly #taken = new Map<number, ToldSession>();

  /** A session has come from another frontend; beyond the bound it is told with all that live. */
  noteTaken({ id, number, moves }: ToldSession): void {
    if (this.#taken.size < mostKept) this.#taken.set(number, { id, number, moves });
    else this.owesAlive = true;
  }

  /** A session has ended or moved on. Beyond the bound the word is lost, and what the backend is told at last is who lives. */
  note(number: number, word: LastWord): void {
    if (this.#words.size < mostKept) this.#words.set(number, word);
    else this.owesAlive = true;
  }

  /** Tells all by the two functions, until one of them gives false; whether all is told. */
  tell(
    send: (number: number, word: LastWord) => boolean,
    sendTaken: (told: ToldSession) => boolean,
  ): boolean {
    for (const [number, told] of this.#taken) {
      if (!sendTaken(told)) return false;
      this.#taken.delete(number);
    }
    for (const [number, word] of this.#words) {
      if (!send(number, word)) return false;
      this.#words.delete(number);
    }
    return true;
  }
}
