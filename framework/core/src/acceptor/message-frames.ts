import { messageHeadBytes, messageType, packageType, writeMessageHead } from '@pomelo-ts/protocol';
import type { Push } from '../wire/push.js';
import { openPackageFrame } from './package-frame.js';

/** A push as clients of packages get it. */
export function pushFrame(push: Push): Buffer {
  const frame = openPackageFrame(packageType.data, push.messageBytes);
  push.writeMessage(frame, frame.length - push.messageBytes);
  return frame;
}

/** The answer `bytes[start..end)` to a client's message: head and body in one buffer. */
export function answerFrame(messageId: number, bytes: Uint8Array, start: number, end: number): Buffer {
  const bodyBytes = end - start;
  const headBytes = messageHeadBytes(messageType.response, messageId, '');
  const frame = openPackageFrame(packageType.data, headBytes + bodyBytes);
  const at = frame.length - bodyBytes;
  writeMessageHead(frame, at - headBytes, messageType.response, messageId, '');
  frame.set(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end), at);
  return frame;
}
