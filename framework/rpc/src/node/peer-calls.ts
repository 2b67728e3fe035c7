import { type Clock, PomeloError } from '@pomelo-ts/common';
import { shorten } from '@pomelo-ts/common/internal';
import type { RpcCodec } from '../codec.js';
import { frameType } from '../wire/frame-type.js';
import type { TraceParent } from '../wire/trace-parent.js';
import { unserializable } from './calls.js';
import type { Peer } from './peer.js';
import type { CallSettler } from './pending-table.js';

/** Characters of a method's name, whose bytes a frame counts in 16 bits. */
const longestMethod = Math.floor(0xffff / 3);

/** Ordinary calls to peers: encodes them and writes their frames. */
export class PeerCalls {
  readonly #codec: RpcCodec;
  readonly #clock: Clock;

  constructor(codec: RpcCodec, clock: Clock) {
    this.#codec = codec;
    this.#clock = clock;
  }

  /** Whatever goes wrong, the settler is told. */
  request(
    peer: Peer,
    method: string,
    args: readonly unknown[],
    settler: CallSettler,
    trace?: TraceParent,
  ): void {
    let payload: Uint8Array;
    try {
      payload = this.#encode(method, args);
    } catch (error) {
      settler.settleError(error as Error);
      return;
    }
    if (!peer.admit(settler, callBytes(method, payload))) return;
    const callId = peer.calls.add(settler, this.#clock.now() + settler.timeoutMs);
    writeCall(peer, frameType.request, callId, method, payload, trace);
  }

  /** Throws when the peer is overloaded or an argument cannot be encoded. */
  notify(peer: Peer, method: string, args: readonly unknown[], trace?: TraceParent): void {
    const payload = this.#encode(method, args);
    let refusal: Error | undefined;
    const settler: CallSettler = {
      method,
      timeoutMs: 0,
      settleValue: ignore,
      settleRaw: ignore,
      settleError: (error) => {
        refusal = error;
      },
    };
    if (peer.admit(settler, callBytes(method, payload)))
      writeCall(peer, frameType.notify, 0, method, payload, trace);
    if (refusal) throw refusal;
  }

  #encode(method: string, args: readonly unknown[]): Uint8Array {
    if (method.length > longestMethod) {
      const reason = `its name has ${method.length} characters; ${longestMethod} are the most`;
      throw new PomeloError('RPC_UNSERIALIZABLE', { method: shorten(method, 200), reason });
    }
    try {
      return this.#codec.encode(args);
    } catch (error) {
      throw unserializable(method, error);
    }
  }
}

const ignore = (): void => {};

/** Bytes of the frame of a call, its length excluded. */
function callBytes(method: string, payload: Uint8Array): number {
  return 1 + 4 + 2 + Buffer.byteLength(method) + payload.length;
}

function writeCall(
  peer: Peer,
  type: number,
  callId: number,
  method: string,
  payload: Uint8Array,
  trace: TraceParent | undefined,
): void {
  const idBytes = type === frameType.request ? 4 : 0;
  const methodBytes = Buffer.byteLength(method);
  let at = peer.open(type, idBytes + 2 + methodBytes + payload.length, trace);
  const { buffer } = peer;
  if (idBytes > 0) at = buffer.writeUInt32BE(callId, at);
  at = buffer.writeUInt16BE(methodBytes, at);
  at += buffer.write(method, at);
  buffer.set(payload, at);
}
