import { type Clock, type LogLevel, logLevels } from '@pomelo-ts/common';

/** The level of a server's log: that of the settings, or for a while the one that an operator wants. */
export class OwnLogLevel {
  readonly #configured: () => LogLevel;
  readonly #clock: Clock;
  #wanted: LogLevel | undefined;
  #cancel: () => void = () => {};

  constructor(configured: () => LogLevel, clock: Clock) {
    this.#configured = configured;
    this.#clock = clock;
  }

  get now(): LogLevel {
    return this.#wanted ?? this.#configured();
  }

  /** Has the log of this process have another level for a while; `undefined` is that of the settings again. Gives the level now. */
  want(level: string | undefined, forMs: number): LogLevel {
    this.#cancel();
    this.#cancel = () => {};
    this.#wanted = logLevels.find((one) => one === level);
    if (this.#wanted !== undefined)
      this.#cancel = this.#clock.after(forMs, () => {
        this.#wanted = undefined;
      });
    return this.now;
  }
}
