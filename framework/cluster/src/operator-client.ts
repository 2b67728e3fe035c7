import type { Duplex } from 'node:stream';
import { type Clock, newBootId, PomeloError, systemClock } from '@pomelo-ts/common';
import { LinkChannel } from './link/channel.js';
import { greet } from './link/handshake.js';
import type { OperatorAnswer, OperatorCancel } from './link/messages.js';
import type { Principal } from './link/principal.js';
import { Pulse } from './link/pulse.js';

/** What an operation takes and gives, as a table of operations says. */
export interface OperationTypes {
  readonly args: object;
  readonly answer: unknown;
  readonly progress: unknown;
}

/** What a master can be asked for, by name; `Operations` of `@pomelo-ts/master` is that of a whole master. */
export type OperationsByVerb = Readonly<Record<string, OperationTypes>>;

/** Settings of {@link connectOperator}. */
export interface OperatorOptions {
  /** Opens a connection to the master, by a key of operators; see `dialSecure`. */
  dial(): Promise<Duplex>;
  /** Who asks, for the master's log. @default nobody is named */
  readonly principal?: Principal;
  /** The error of requests once the master has fallen silent; see {@link operatorBeats}. @default LINK_LOST */
  silent?(reason: string): Error;
  readonly clock?: Clock;
}

/** Heartbeats of an operator's connection, in ms: a master that hangs must not keep a command for ever. */
export const operatorBeats = { heartbeatMs: 1000, deadMs: 10_000 } as const;

interface Waiting {
  readonly verb: string;
  resolve(result: unknown): void;
  reject(error: Error): void;
  onProgress(event: unknown): void;
  /** Leaves the signal that it lasts until. */
  end?(): void;
}

/**
 * An operator's connection to the master. Made by {@link connectOperator}.
 *
 * @typeParam Table what the master can be asked for: each call is typed by it
 */
export class OperatorClient<
  Table extends { readonly [V in keyof Table]: OperationTypes } = OperationsByVerb,
> {
  readonly #channel: LinkChannel;
  readonly #principal: Principal | undefined;
  readonly #waiting = new Map<number, Waiting>();
  readonly #pulse: Pulse;
  #lastNumber = 0;

  /** @internal use {@link connectOperator} */
  constructor(channel: LinkChannel, { silent, principal, clock = systemClock }: OperatorOptions) {
    this.#channel = channel;
    this.#principal = principal;
    const ping = () => channel.send({ t: 'ping' });
    const reason = `it has said nothing for ${operatorBeats.deadMs / 1000} s`;
    this.#pulse = new Pulse(clock, {
      beat: ping,
      late: ping,
      silent: () => channel.close(silent?.(reason) ?? channel.lost(reason)),
    });
    this.#pulse.beatEvery(operatorBeats);
    channel.onHeard = () => this.#pulse.heard();
    channel.onMessage = (message) => this.#receive(message as typeof message & OperatorAnswer);
    channel.onClosed = (error) => {
      this.#pulse.stop();
      for (const { reject, end } of this.#waiting.values()) {
        end?.();
        reject(error);
      }
      this.#waiting.clear();
    };
  }

  /**
   * Has the master carry out an operation. One that goes on until nobody waits for it, as `views.watch` does, ends with `until`, and then
   * answers; of all others the answer comes as without it.
   *
   * @throws COMMAND_FAILED with the master's reason, its code in `cause`; LINK_LOST when it goes away before it answers.
   * @example const rows = await client.operate('servers.list', {});
   */
  operate<Verb extends keyof Table & string>(
    verb: Verb,
    args: Table[Verb]['args'],
    onProgress: (event: Table[Verb]['progress']) => void = () => {},
    until?: AbortSignal,
  ): Promise<Table[Verb]['answer']> {
    return new Promise((resolve, reject) => {
      if (this.#channel.closed) {
        reject(this.#channel.lost('it was closed'));
        return;
      }
      const n = ++this.#lastNumber;
      const end = until && this.#cancelAt(until, n);
      const waiting = { verb, resolve, reject, onProgress };
      this.#waiting.set(n, { ...waiting, ...(end && { end }) });
      const principal = this.#principal;
      this.#channel.send({ t: 'request', n, verb, args, ...(principal && { principal }) });
      if (until?.aborted) this.#cancel(n);
    });
  }

  close(): void {
    this.#pulse.stop();
    this.#channel.close();
  }

  /** Tells the master once `until` is over; the returned function leaves that. */
  #cancelAt(until: AbortSignal, n: number): () => void {
    const cancel = () => this.#cancel(n);
    until.addEventListener('abort', cancel, { once: true });
    return () => until.removeEventListener('abort', cancel);
  }

  #cancel(n: number): void {
    if (!this.#channel.closed) this.#channel.send({ t: 'cancel', n } satisfies OperatorCancel);
  }

  #receive(message: OperatorAnswer): void {
    if (message.t === 'beat') return;
    const waiting = this.#waiting.get(message.n);
    if (!waiting) return;
    if (message.t === 'progress') {
      waiting.onProgress(message.event);
      return;
    }
    this.#waiting.delete(message.n);
    waiting.end?.();
    if (message.t === 'reply') waiting.resolve(message.result);
    else {
      const { message: reason, code } = message.error;
      waiting.reject(
        new PomeloError('COMMAND_FAILED', { command: waiting.verb, reason }, { cause: { code } }),
      );
    }
  }
}

/** Connects to the master as an operator; dials once. */
export async function connectOperator<
  Table extends { readonly [V in keyof Table]: OperationTypes } = OperationsByVerb,
>(options: OperatorOptions): Promise<OperatorClient<Table>> {
  const channel = new LinkChannel(await options.dial(), 'the master');
  return new Promise((resolve, reject) => {
    const dialer = { role: 'operator', id: 'operator', bootId: newBootId() } as const;
    greet(channel, dialer, options.clock ?? systemClock, {
      done: () => resolve(new OperatorClient<Table>(channel, options)),
      failed: reject,
    });
  });
}
