import {
  type MessageType,
  messageHeadBytes,
  packageHeadBytes,
  packageType,
  writeMessageHead,
  writePackageHead,
} from '@pomelo-ts/protocol';

/** A data package with one message, in one piece. */
export function messageFrame(
  type: MessageType,
  id: number,
  route: string | number,
  body: Uint8Array,
): Uint8Array {
  const messageBytes = messageHeadBytes(type, id, route) + body.length;
  const frame = new Uint8Array(packageHeadBytes + messageBytes);
  writePackageHead(frame, 0, packageType.data, messageBytes);
  frame.set(body, writeMessageHead(frame, packageHeadBytes, type, id, route));
  return frame;
}
