const mask = Buffer.from([1, 2, 3, 4]);

/** A masked WebSocket frame, as browsers send it; RFC 6455 section 5.2. */
export function maskedFrame(payload: Uint8Array, { opcode = 2, fin = true } = {}): Buffer {
  const { length } = payload;
  const head = [(fin ? 0x80 : 0) | opcode, 0x80 | (length < 126 ? length : 126)];
  if (length >= 126) head.push(length >> 8, length & 0xff);
  return Buffer.concat([Buffer.from(head), mask, payload.map((byte, i) => byte ^ mask[i % 4]!)]);
}
