import { type Clock, PomeloError } from '@pomelo-ts/common';
import type { RpcCodec } from '../codec.js';
import type { TraceParent } from '../wire/trace-parent.js';
import { type RpcHandlers, readError, unserializable } from './calls.js';
import { type CallSettler, PendingTable } from './pending-table.js';

/** Settings of {@link OwnCalls}. */
export interface OwnCallsOptions {
  /** The node itself, as its handlers see the caller. */
  readonly self: { readonly id: string };
  readonly handlers: RpcHandlers;
  readonly codec: RpcCodec;
  readonly clock: Clock;
  readonly maxPending: number;
}

/** Calls of a node to itself. They pass through the codec, so that they behave as calls to another node. */
export class OwnCalls {
  /** Those that wait for their answers. */
  readonly waiting = new PendingTable();
  readonly #options: OwnCallsOptions;

  constructor(options: OwnCallsOptions) {
    this.#options = options;
  }

  request(method: string, args: readonly unknown[], settler: CallSettler, trace?: TraceParent): void {
    const { self, clock, maxPending } = this.#options;
    const { waiting } = this;
    if (waiting.size >= maxPending) {
      const facts = { count: waiting.size, target: self.id, limit: maxPending };
      settler.settleError(new PomeloError('RPC_OVERLOADED', facts));
      return;
    }
    const callId = waiting.add(settler, clock.now() + settler.timeoutMs);
    this.#call(
      method,
      args,
      trace,
      (value) => waiting.take(callId)?.settleValue(value, clock.now()),
      (error) => waiting.take(callId)?.settleError(error),
    );
  }

  notify(
    method: string,
    args: readonly unknown[],
    failed: (error: Error) => void,
    trace?: TraceParent,
  ): void {
    this.#call(method, args, trace, () => {}, failed);
  }

  /** Every call that waits settles with RPC_CLOSED. */
  close(): void {
    for (const settler of this.waiting.takeAll())
      settler.settleError(new PomeloError('RPC_CLOSED', { method: settler.method }));
  }

  #call(
    method: string,
    args: readonly unknown[],
    trace: TraceParent | undefined,
    done: (value: unknown) => void,
    failed: (error: Error) => void,
  ): void {
    const { self, handlers } = this.#options;
    Promise.resolve()
      .then(() => handlers.request(method, this.#copy(method, args) as unknown[], self, toldTrace(trace)))
      .then((value) => done(this.#copy(method, value)))
      .catch((error: unknown) => failed(readError(self.id, method, error)));
  }

  #copy(method: string, value: unknown): unknown {
    const { codec } = this.#options;
    let bytes: Buffer;
    try {
      bytes = Buffer.from(codec.encode(value));
    } catch (error) {
      throw unserializable(method, error);
    }
    return codec.decode(bytes, 0, bytes.length);
  }
}

/** As a frame of another node would tell it. */
const toldTrace = (trace: TraceParent | undefined): TraceParent | 'unsampled' | undefined =>
  trace === undefined || trace.sampled ? trace : 'unsampled';
