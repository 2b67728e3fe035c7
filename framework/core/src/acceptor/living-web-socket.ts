import type { Socket } from 'node:net';
import { packageHeadBytes } from '@pomelo-ts/protocol';
import { WebSocket } from '../wire/web-sockets.js';

/*
 * The inner life of a WebSocket of `ws`, as far as one can be taken apart in the midst of a message and go on elsewhere: there is
 * no public way. A test fails where a version of `ws` does it otherwise.
 */

/** Longest WebSocket message, in packages of the longest kind. */
const messagePackages = 4;
/** Bytes that a piece of a long message has on average, be it a fragment or what arrives at once; a few more may be shorter. */
const leastFragmentBytes = 4096;
const leastChunkBytes = 256;
const shortPieces = 64;

/** What a WebSocket takes of one message. */
export interface MessageBounds {
  readonly maxPayload: number;
  readonly maxFragments: number;
  readonly maxBufferedChunks: number;
  readonly skipUTF8Validation: true;
}

/** The bounds for clients whose packages have `maxPackageBytes` at most. */
export function messageBounds(maxPackageBytes: number): MessageBounds {
  const maxPayload = messagePackages * (maxPackageBytes + packageHeadBytes);
  return {
    maxPayload,
    maxFragments: shortPieces + Math.ceil(maxPayload / leastFragmentBytes),
    maxBufferedChunks: shortPieces + Math.ceil(maxPayload / leastChunkBytes),
    skipUTF8Validation: true,
  };
}

/** How far the receiver of `ws` is in a frame. */
const reading = { head: 0, length16: 1, length64: 2, mask: 3, data: 4 } as const;

interface Receiver {
  readonly _state: number;
  readonly _fin: boolean;
  readonly _opcode: number;
  readonly _payloadLength: number;
  readonly _mask: Buffer | undefined;
  /** Opcode of the message whose fragments come, else 0. */
  readonly _fragmented: number;
  readonly _fragments: readonly Buffer[];
  readonly _buffers: readonly Buffer[];
}

interface Inside {
  readonly _receiver: Receiver;
  _isServer: boolean;
  setSocket(socket: Socket, head: Buffer, options: MessageBounds): void;
}

const insideOf = (ws: object): Inside => ws as unknown as Inside;

const continuation = 0;
/** Opcodes from this on are of frames that may stand between the fragments of a message. */
const firstControl = 8;
const noMask = Buffer.alloc(4);

/** Bytes that have come and made no message yet, as the client could have sent them; undefined where that cannot be told. */
export function unreadOf(ws: object): Buffer | undefined {
  const { _receiver: receiver } = insideOf(ws);
  const { _state: state, _fragmented: fragmented, _opcode: opcode } = receiver;
  if (state > reading.data) return undefined;
  const parts: Buffer[] = [];
  if (fragmented !== 0) {
    const fragments = Buffer.concat(receiver._fragments as Buffer[]);
    parts.push(frameHead(false, fragmented, fragments.length), noMask, fragments);
  }
  const current = fragmented === 0 || opcode >= firstControl ? opcode : continuation;
  if (state === reading.length16 || state === reading.length64)
    parts.push(shortHead(receiver._fin, current, receiver._payloadLength));
  else if (state !== reading.head) parts.push(frameHead(receiver._fin, current, receiver._payloadLength));
  if (state === reading.data) parts.push(receiver._mask!);
  return Buffer.concat([...parts, ...receiver._buffers]);
}

/** Makes what `ws` makes for a server that has answered an upgrade. */
const BareWebSocket = WebSocket as unknown as new (
  address: null,
  protocols: undefined,
  options: { readonly autoPong: boolean },
) => WebSocket;

/** A WebSocket that goes on with `socket`, on which the client and a server have spoken already; `head` has been read of it. */
export function revive(
  socket: Socket,
  head: Buffer,
  bounds: MessageBounds,
): { ws: WebSocket; start(): void } {
  const ws = new BareWebSocket(null, undefined, { autoPong: true });
  const inside = insideOf(ws);
  inside._isServer = true;
  return { ws, start: () => inside.setSocket(socket, head, bounds) };
}

/** FIN and opcode, then a byte that says that a mask and how long a length follow; RFC 6455 section 5.2. */
function shortHead(fin: boolean, opcode: number, length: number): Buffer {
  return Buffer.from([(fin ? 0x80 : 0) | opcode, 0x80 | length]);
}

function frameHead(fin: boolean, opcode: number, bytes: number): Buffer {
  if (bytes < 126) return shortHead(fin, opcode, bytes);
  const long = bytes > 0xffff;
  const length = Buffer.alloc(long ? 8 : 2);
  if (long) length.writeBigUInt64BE(BigInt(bytes));
  else length.writeUInt16BE(bytes);
  return Buffer.concat([shortHead(fin, opcode, long ? 127 : 126), length]);
}
