/** Remembers which loads were told, so that only news is sent. */
export class LoadRelay {
  /** The loads that all know. */
  told: Readonly<Record<string, number>> = {};
  #text = '{}';

  /** The loads to send now, or undefined when all know them. */
  news(loads: Readonly<Record<string, number>>): Readonly<Record<string, number>> | undefined {
    const text = JSON.stringify(loads);
    if (text === this.#text) return undefined;
    this.#text = text;
    this.told = loads;
    return loads;
  }
}
