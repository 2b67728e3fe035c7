import {
  type Clock,
  type ErrorCode,
  type ErrorData,
  errorTable,
  isPomeloError,
  PomeloError,
  reasonOf,
} from '@pomelo-ts/common';
import { type CodeClass, codeClassOf, otherValue, shorten } from '@pomelo-ts/common/internal';
import type { RpcCodec } from '../codec.js';
import type { RpcMeasures } from '../measures.js';
import { frameType } from '../wire/frame-type.js';
import type { TraceParent } from '../wire/trace-parent.js';
import { noCallId, type RpcConnection } from './connection.js';
import { type Peer, tooLong } from './peer.js';

/** What a node does with what comes in. */
export interface RpcHandlers {
  /**
   * Answers a call, or a notify whose answer nobody waits for. Throwing answers REMOTE_THREW. `trace` is what its frame tells of the trace
   * that it is a part of, for a node with {@link RpcNodeOptions.traces}.
   */
  request(
    method: string,
    args: unknown[],
    from: { readonly id: string },
    trace?: TraceParent | 'unsampled',
  ): unknown;
  /**
   * Takes a raw frame: `bytes[start..end)`, valid during the call only. `callId` is `noCallId` for one that wants no
   * answer, else it is answered with `connection.openRawResponse(callId, …)`.
   */
  raw?(
    kind: number,
    callId: number,
    bytes: Buffer,
    start: number,
    end: number,
    connection: RpcConnection,
  ): void;
  /** A connection to `peer` is about to stand: what is written to it now leaves before what has waited for it. */
  peerOpening?(peer: Peer): void;
  /** A connection to `peer` stands, and what has waited for it is on its way. */
  peerUp?(peer: Peer): void;
  /** There is room again for a peer whose `openRawControl` had none. */
  peerDrained?(peer: Peer): void;
  /** The connection to `peer` is gone. */
  peerDown?(peer: Peer): void;
}

/** An error that was thrown on another server, as its caller sees it: the `cause` of REMOTE_THREW. */
export class RemoteError extends Error {
  override readonly name = 'RemoteError';
  readonly code: string;
  /** Name of its class over there, when it was neither Error nor PomeloError. */
  readonly remoteName: string | undefined;
  readonly data: unknown;
  /** Where it was thrown, in development. */
  readonly remoteStack: string | undefined;

  constructor({ code, message, name, data, stack }: ErrorData) {
    super(message);
    this.code = code;
    this.remoteName = name;
    this.data = data;
    this.remoteStack = stack;
  }
}

/**
 * Most handlers that may be at work for the calls of one peer, over all its connections. One that keeps the rules has 65,536 calls that wait, at most; more are
 * those that it has given up, and those of handlers that never settle.
 */
export const maxAtWork = 262_144;

/** Settings of {@link RequestAnswerer}. */
export interface AnswererOptions {
  /** Of this server, for messages. */
  readonly id: string;
  readonly handlers: RpcHandlers;
  readonly codec: RpcCodec;
  /** Whether callers get the stacks of errors. */
  readonly stacks: boolean;
  readonly maxFrameBytes: number;
  notifyFailed(method: string, error: unknown): void;
  /** Counts calls that failed here, and notes how long each took. */
  readonly counters: RpcMeasures;
  readonly clock: Clock;
}

/** Decodes the arguments of calls that come in, calls the handler and sends what comes of it. */
export class RequestAnswerer {
  /** Calls whose handlers have not settled yet. */
  running = 0;
  readonly #options: AnswererOptions;

  constructor(options: AnswererOptions) {
    this.#options = options;
  }

  /** Takes one call; with `noCallId` nobody waits for its answer. */
  answer(
    connection: RpcConnection,
    callId: number,
    method: string,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    const { handlers, codec, id } = this.#options;
    const { atWork } = connection.work;
    if (atWork >= maxAtWork) {
      const facts = { count: atWork, target: id, limit: maxAtWork };
      this.fail(connection, callId, method, new PomeloError('RPC_OVERLOADED', facts));
      return;
    }
    const since = connection.readAt;
    let result: unknown;
    let later: Promise<unknown> | undefined;
    try {
      const args = codec.decode(bytes, start, end);
      if (!Array.isArray(args)) throw new TypeError('expected an array of arguments');
      result = handlers.request(method, args, connection.peer, connection.trace);
      // What only looks like a promise may do anything when it is read or asked: that is the remote's failure, too.
      if (isThenable(result)) later = Promise.resolve(result);
    } catch (error) {
      // Names that there are not could be invented for ever.
      const known = !isPomeloError(error, 'RPC_UNKNOWN_METHOD');
      this.#note(known ? method : otherValue, codeClassOf(error), since);
      this.fail(connection, callId, method, error);
      return;
    }
    if (later !== undefined) {
      this.#await(later, connection, callId, method, since);
      return;
    }
    this.#note(method, 'ok', since);
    this.#succeed(connection, callId, method, result);
  }

  #await(
    result: Promise<unknown>,
    connection: RpcConnection,
    callId: number,
    method: string,
    since: number,
  ): void {
    this.running++;
    connection.work.atWork++;
    result.then(
      (value) => {
        this.#ended(connection);
        this.#note(method, 'ok', since);
        this.#succeed(connection, callId, method, value);
      },
      (error: unknown) => {
        this.#ended(connection);
        this.#note(method, codeClassOf(error), since);
        this.fail(connection, callId, method, error);
      },
    );
  }

  #note(method: string, codeClass: CodeClass, since: number): void {
    const { counters, clock } = this.#options;
    counters.rpcServerDuration.of(method)[codeClass].observe((clock.now() - since) / 1000);
  }

  #ended(connection: RpcConnection): void {
    this.running--;
    connection.work.atWork--;
  }

  #succeed(connection: RpcConnection, callId: number, method: string, value: unknown): void {
    if (callId === noCallId || connection.lost) return;
    const { codec, maxFrameBytes } = this.#options;
    let payload: Uint8Array;
    try {
      payload = codec.encode(value);
    } catch (error) {
      this.fail(connection, callId, method, unserializable(method, error));
      return;
    }
    const frameBytes = 5 + payload.length;
    if (frameBytes > maxFrameBytes)
      this.fail(connection, callId, method, tooLong(method, frameBytes, maxFrameBytes));
    else answer(connection, frameType.response, callId, payload);
  }

  /** Tells the caller, or the log when nobody waits, that a call failed. */
  fail(connection: RpcConnection, callId: number, method: string, error: unknown): void {
    if (!isOnPurpose(error)) this.#options.counters.rpcFailures.add();
    if (callId === noCallId) this.#options.notifyFailed(method, error);
    else answer(connection, frameType.error, callId, this.#encodeError(error));
  }

  /** An error's data may be anything that a game throws: when it cannot travel, code and message still do, and say so. */
  #encodeError(error: unknown): Uint8Array {
    const { codec, stacks, maxFrameBytes } = this.#options;
    const data = errorData(error, stacks);
    let reason: string;
    try {
      const payload = codec.encode(data);
      const frameBytes = 5 + payload.length;
      if (frameBytes <= maxFrameBytes) return payload;
      reason = `it has ${frameBytes} bytes, and rpc.maxFrameBytes is ${maxFrameBytes}`;
    } catch (cause) {
      reason = reasonOf(cause);
    }
    const message = `${shorten(String(data.message), 1000)} (without its data, which cannot be sent: ${shorten(reason, 500)})`;
    return codec.encode({ code: data.code, message });
  }
}

/** The error of an argument or answer that the codec cannot encode. */
export function unserializable(method: string, error: unknown): PomeloError {
  return new PomeloError('RPC_UNSERIALIZABLE', { method, reason: reasonOf(error) }, { cause: error });
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as PromiseLike<unknown>).then === 'function'
  );
}

function answer(connection: RpcConnection, type: number, callId: number, payload: Uint8Array): void {
  if (connection.lost) return;
  const at = connection.open(type, 4 + payload.length);
  connection.buffer.writeUInt32BE(callId, at);
  connection.buffer.set(payload, at + 4);
}

/** Classes that say nothing beyond code and message. */
const plainNames = new Set(['Error', 'PomeloError']);

/** Whatever is thrown, this does not throw. */
function errorData(error: unknown, stacks: boolean): ErrorData {
  try {
    return dataOf(error, stacks);
  } catch {
    return { code: 'ERROR', message: reasonOf(error) };
  }
}

function dataOf(error: unknown, stacks: boolean): ErrorData {
  const { code, name, stack, ...rest } = (error ?? {}) as {
    code?: unknown;
    name?: unknown;
    data?: unknown;
    stack?: string;
  };
  const named = error instanceof Error && typeof name === 'string' && !plainNames.has(name);
  const data = isPomeloError(error) ? error.facts : rest.data;
  return {
    code: typeof code === 'string' ? code : 'ERROR',
    message: reasonOf(error),
    ...(named ? { name } : {}),
    ...(data === undefined ? {} : { data }),
    ...(stacks && stack ? { stack } : {}),
  };
}

/** Whether an error is an answer, of the framework or (with code and data) of a game, and no fault of the code here. */
function isOnPurpose(error: unknown): boolean {
  try {
    if (!(error instanceof Error)) return false;
    return isPomeloError(error) || ('data' in error && 'code' in error && typeof error.code === 'string');
  } catch {
    return false;
  }
}

/** The caller's error for what a remote threw: errors that the framework raised over there keep their code. */
export function readError(target: string, method: string, thrown: unknown): Error {
  if (isPomeloError(thrown)) return thrown;
  const data = isErrorData(thrown) ? thrown : errorData(thrown, true);
  const cause = new RemoteError(data);
  if (Object.hasOwn(errorTable, data.code) && typeof data.data === 'object' && data.data !== null) {
    return new PomeloError(data.code as ErrorCode, data.data as never, { cause });
  }
  return new PomeloError('REMOTE_THREW', { method, target, reason: String(data.message) }, { cause });
}

function isErrorData(value: unknown): value is ErrorData {
  try {
    if (value instanceof Error) return false;
    const { code, message } = (value ?? {}) as { code?: unknown; message?: unknown };
    return typeof code === 'string' && typeof message === 'string';
  } catch {
    return false;
  }
}
