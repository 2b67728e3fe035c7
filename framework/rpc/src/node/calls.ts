import {
  type ErrorCode,
  type ErrorData,
  errorTable,
  isPomeloError,
  PomeloError,
  reasonOf,
} from '@pomelo-ts/common';
import type { RpcCodec } from '../codec.js';
import { frameType } from '../wire/frame-type.js';
import type { RpcConnection } from './connection.js';
import type { Peer } from './peer.js';

/** What a node does with what comes in. */
export interface RpcHandlers {
  /** Answers a call, or a notify whose answer nobody waits for. Throwing answers REMOTE_THREW. */
  request(method: string, args: unknown[], from: { readonly id: string }): unknown;
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
  /** A connection to `peer` stands. */
  peerUp?(peer: Peer): void;
  /** The connection to `peer` is gone. */
  peerDown?(peer: Peer): void;
}

/** An error that was thrown on another server, as its caller sees it: the `cause` of REMOTE_THREW. */
export class RemoteError extends Error {
  override readonly name = 'RemoteError';
  readonly code: string;
  readonly data: unknown;
  /** Where it was thrown, in development. */
  readonly remoteStack: string | undefined;

  constructor({ code, message, data, stack }: ErrorData) {
    super(message);
    this.code = code;
    this.data = data;
    this.remoteStack = stack;
  }
}

interface Wanted {
  readonly connection: RpcConnection;
  /** Absent for a notify. */
  readonly callId: number | undefined;
  readonly method: string;
}

/** Decodes the arguments, calls the handler and sends what comes of it. */
export function answerRequest(
  handlers: RpcHandlers,
  codec: RpcCodec,
  stacks: boolean,
  wanted: Wanted,
  bytes: Buffer,
  start: number,
  end: number,
  onNotifyFailed: (error: unknown) => void,
): void {
  const fail = (error: unknown): void => {
    if (wanted.callId === undefined) onNotifyFailed(error);
    else answer(wanted.connection, frameType.error, wanted.callId, codec.encode(errorData(error, stacks)));
  };
  const succeed = (value: unknown): void => {
    if (wanted.callId === undefined) return;
    let payload: Uint8Array;
    try {
      payload = codec.encode(value);
    } catch (error) {
      fail(new PomeloError('RPC_UNSERIALIZABLE', { method: wanted.method, reason: reasonOf(error) }));
      return;
    }
    answer(wanted.connection, frameType.response, wanted.callId, payload);
  };
  try {
    const args = codec.decode(bytes, start, end);
    if (!Array.isArray(args)) throw new TypeError('expected an array of arguments');
    const result = handlers.request(wanted.method, args, wanted.connection.peer);
    if (isThenable(result)) result.then(succeed, fail);
    else succeed(result);
  } catch (error) {
    fail(error);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as PromiseLike<unknown>).then === 'function'
  );
}

function answer(connection: RpcConnection, type: number, callId: number, payload: Uint8Array): void {
  if (connection.closed) return;
  const at = connection.open(type, 4 + payload.length);
  connection.buffer.writeUInt32BE(callId, at);
  connection.buffer.set(payload, at + 4);
}

function errorData(error: unknown, stacks: boolean): ErrorData {
  const { code, stack, ...rest } = (error ?? {}) as { code?: unknown; data?: unknown; stack?: string };
  const data = isPomeloError(error) ? error.facts : rest.data;
  return {
    code: typeof code === 'string' ? code : 'ERROR',
    message: reasonOf(error),
    ...(data === undefined ? {} : { data }),
    ...(stacks && stack ? { stack } : {}),
  };
}

/** The caller's error for what a remote threw: errors that the framework raised over there keep their code. */
export function readError(target: string, method: string, thrown: unknown): Error {
  if (isPomeloError(thrown)) return thrown;
  const data = (thrown instanceof Error ? errorData(thrown, true) : thrown) as ErrorData;
  const cause = new RemoteError(data);
  if (Object.hasOwn(errorTable, data.code) && typeof data.data === 'object') {
    return new PomeloError(data.code as ErrorCode, data.data as never, { cause });
  }
  return new PomeloError('REMOTE_THREW', { method, target, reason: String(data.message) }, { cause });
}
