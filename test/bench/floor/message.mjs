import { packageType } from './accept.mjs';

/**
 * Reads the header of a request inside a DATA package: flag, id varint, route with its length byte.
 *
 * @param {Buffer} data
 * @returns {{ id: number, route: number, body: number }} the id and where route length and body begin
 */
export function readRequest(data) {
  let at = 5;
  let id = 0;
  let scale = 1;
  let byte = 0;
  do {
    byte = data[at++] ?? 0;
    id += (byte & 0x7f) * scale;
    scale *= 128;
  } while (byte > 127 && at < 10);
  return { id, route: at, body: at + 1 + (data[at] ?? 0) };
}

/**
 * One DATA package with one response.
 *
 * @param {number} id
 * @param {string} text the body as JSON text
 */
export function responseOf(id, text) {
  const idLength = id < 0x80 ? 1 : id < 0x4000 ? 2 : id < 0x20_0000 ? 3 : id < 0x1000_0000 ? 4 : 5;
  const bodyLength = Buffer.byteLength(text);
  const length = 1 + idLength + bodyLength;
  const out = Buffer.allocUnsafe(4 + length);
  out.writeUInt32BE(((packageType.data << 24) | length) >>> 0, 0);
  out[4] = 4;
  let at = 5;
  let rest = id;
  while (rest > 127) {
    out[at++] = (rest & 0x7f) | 0x80;
    rest = Math.floor(rest / 128);
  }
  out[at++] = rest;
  out.write(text, at);
  return out;
}
