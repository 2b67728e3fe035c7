import type { ClientLink } from '../client-link.js';
import type { CoreMeasures } from '../measures.js';

/**
 * Stands where a session's client link would be while there is none, so that nobody else has to ask. It remembers where the client was;
 * what would have gone to the client is dropped and counted. To kick the session, or drop it, is to end it.
 */
export class AbsentLink implements ClientLink {
  readonly address: string;
  readonly hostHeader: string | undefined;
  readonly localAddress: string | undefined;
  readonly queuedBytes = 0;
  readonly #counters: CoreMeasures;
  readonly #end: (reason: string) => void;

  /**
   * @param former the link that went
   * @param end ends the session
   */
  constructor(former: ClientLink, counters: CoreMeasures, end: (reason: string) => void) {
    this.address = former.address;
    this.hostHeader = former.hostHeader;
    this.localAddress = former.localAddress;
    this.#counters = counters;
    this.#end = end;
  }

  answer(): void {
    this.#counters.clientAbsentAnswers.add();
  }

  push(): boolean {
    this.#counters.pushDropped.absent.add();
    return false;
  }

  kick(reason: string): void {
    this.#end(reason);
  }

  drop(reason: string): void {
    this.#end(reason);
  }
}
