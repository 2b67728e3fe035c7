/** Ends of sessions that are kept with their reasons for one backend. */
const mostKept = 10_000;

/** What one backend is still to be told of sessions that have ended. */
export class UntoldEnds {
  /** Whether it must be told which sessions live: it takes all others for ended. */
  owesAlive = false;
  readonly #reasons = new Map<number, string>();

  /** A session has ended. Beyond the bound the reason is lost, and what the backend is told at last is who lives. */
  note(sessionId: number, reason: string): void {
    if (this.#reasons.size < mostKept) this.#reasons.set(sessionId, reason);
    else this.owesAlive = true;
  }

  /** Tells the ends until `send` gives false; whether all are told. */
  tell(send: (sessionId: number, reason: string) => boolean): boolean {
    for (const [sessionId, reason] of this.#reasons) {
      if (!send(sessionId, reason)) return false;
      this.#reasons.delete(sessionId);
    }
    return true;
  }
}
