import { type PackageType, packageHeadBytes, writePackageHead } from '@pomelo-ts/protocol';

/** FIN and opcode 2 (binary); RFC 6455 section 5.2. A server's frames are not masked. */
const binaryFrame = 0x82;

/**
 * Bytes of the WebSocket frame head before a payload of this length; RFC 6455 section 5.2: one length byte up to 125,
 * then 126 and 16 bits, then 127 and 64 bits.
 */
function webSocketHeadBytes(payloadBytes: number): number {
  if (payloadBytes < 126) return 2;
  return payloadBytes < 65536 ? 4 : 10;
}

function writeWebSocketHead(target: Buffer, payloadBytes: number): void {
  target[0] = binaryFrame;
  if (payloadBytes < 126) {
    target[1] = payloadBytes;
  } else if (payloadBytes < 65536) {
    target[1] = 126;
    target[2] = payloadBytes >>> 8;
    target[3] = payloadBytes;
  } else {
    target[1] = 127;
    target.writeUInt32BE(0, 2);
    target.writeUInt32BE(payloadBytes, 6);
  }
}

/**
 * A package inside a WebSocket frame, ready to be written to any number of sockets; a TCP socket gets what follows the
 * frame's head. The caller fills the last `bodyBytes` bytes.
 */
export function openPackageFrame(type: PackageType, bodyBytes: number): Buffer {
  const packageBytes = packageHeadBytes + bodyBytes;
  const headBytes = webSocketHeadBytes(packageBytes);
  const frame = Buffer.allocUnsafe(headBytes + packageBytes);
  writeWebSocketHead(frame, packageBytes);
  writePackageHead(frame, headBytes, type, bodyBytes);
  return frame;
}

/** A whole package in a frame. */
export function packageFrame(type: PackageType, body?: Uint8Array): Buffer {
  const frame = openPackageFrame(type, body ? body.length : 0);
  if (body) frame.set(body, frame.length - body.length);
  return frame;
}

/**
 * Several frames as one piece to write. Each package keeps a WebSocket frame of its own: some stock clients, such as
 * pomelo-nodejsclient-websocket, read one package of a frame and break on a second.
 */
export function mergeFrames(frames: readonly Buffer[]): Buffer {
  return Buffer.concat(frames as Buffer[]);
}

/** The package in each of the frames that were joined. */
export function splitFrames(joined: Buffer): Buffer[] {
  const packages: Buffer[] = [];
  for (let at = 0; at < joined.length; ) {
    const start = at + headBytesOf(joined, at);
    at = start + payloadBytesOf(joined, at);
    packages.push(joined.subarray(start, at));
  }
  return packages;
}

/** The packages of joined frames, without the WebSocket heads. */
export function packagesOf(joined: Buffer): Buffer {
  const start = headBytesOf(joined, 0);
  if (start + payloadBytesOf(joined, 0) === joined.length) return joined.subarray(start);
  return Buffer.concat(splitFrames(joined));
}

function headBytesOf(frame: Buffer, at: number): number {
  const length = frame[at + 1]!;
  if (length < 126) return 2;
  return length === 126 ? 4 : 10;
}

function payloadBytesOf(frame: Buffer, at: number): number {
  const length = frame[at + 1]!;
  if (length < 126) return length;
  return length === 126 ? frame.readUInt16BE(at + 2) : frame.readUInt32BE(at + 6);
}
