import { allocateBytes } from './bytes.js';
import { ProtocolError } from './errors.js';
import { RouteCache } from './route-cache.js';
import { encodeUtf8, utf8Bytes } from './text.js';
import { largestMessageId, varintBytes, writeVarint } from './varint.js';

/** The types of the inner layer: a request is answered by a response of the same id; a push has no id. */
export const messageType = { request: 0, notify: 1, response: 2, push: 3 } as const;

export type MessageType = (typeof messageType)[keyof typeof messageType];

/** Most bytes of a route: its length is one byte. */
export const largestRouteBytes = 255;

const compressedRoute = 0x01;
const gzipBody = 0x10;
const reservedBits = 0xe0;

/** The head of a message as {@link readMessage} found it. Make one and use it again for every message: it keeps known routes. */
export class MessageView {
  type: MessageType = messageType.request;
  /** 0 for types without one. A request with id 0 wants no answer. */
  id = 0;
  /** The dictionary code that came instead of the route's text; 0 when none did. */
  routeCode = 0;
  /** The route's text, or '' when a code came or the type has no route. */
  route = '';
  /** Whether the body is marked as compressed. Pomelo and pinus reserve this bit and never set it. */
  gzip = false;
  bodyStart = 0;
  bodyEnd = 0;
  /** @internal */
  readonly routes: RouteCache = new RouteCache();
}

/**
 * Reads the head of the message that lies in `bytes` from `start` to `end`; the body is not looked at.
 *
 * @throws ProtocolError `MESSAGE_TRUNCATED`, `MESSAGE_FLAG`, `MESSAGE_TYPE`, `MESSAGE_ID`, `ROUTE_CODE`; `into` is then partly written
 */
export function readMessage(bytes: Uint8Array, start: number, end: number, into: MessageView): void {
  if (start >= end) throw new ProtocolError('MESSAGE_TRUNCATED', { part: 'flag' });
  const flag = bytes[start] as number;
  if ((flag & reservedBits) !== 0) throw new ProtocolError('MESSAGE_FLAG', { flag });
  const type = (flag >> 1) & 0x07;
  if (type > messageType.push) throw new ProtocolError('MESSAGE_TYPE', { type });
  into.type = type as MessageType;
  into.gzip = (flag & gzipBody) !== 0;
  into.id = 0;
  into.route = '';
  into.routeCode = 0;
  into.bodyEnd = end;
  const at = (type & 1) === 0 ? readId(bytes, start + 1, end, into) : start + 1;
  if (type === messageType.response) into.bodyStart = at;
  else if ((flag & compressedRoute) !== 0) into.bodyStart = readRouteCode(bytes, at, end, into);
  else into.bodyStart = readRoute(bytes, at, end, into);
}

function readId(bytes: Uint8Array, start: number, end: number, into: MessageView): number {
  let at = start;
  let id = 0;
  for (let factor = 1; at < end; factor *= 0x80) {
    const byte = bytes[at++] as number;
    // Multiplied, not shifted: a shift turns 2^31 into a negative id, which makes pomelo's encoder loop for ever.
    id += (byte & 0x7f) * factor;
    if (byte < 0x80) {
      if (id > largestMessageId) throw new ProtocolError('MESSAGE_ID', { id });
      into.id = id;
      return at;
    }
    if (at - start === 5) throw new ProtocolError('MESSAGE_ID', { id: 'one that goes on' });
  }
  throw new ProtocolError('MESSAGE_TRUNCATED', { part: 'id' });
}

function readRouteCode(bytes: Uint8Array, at: number, end: number, into: MessageView): number {
  if (at + 2 > end) throw new ProtocolError('MESSAGE_TRUNCATED', { part: 'route code' });
  const code = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
  if (code === 0) throw new ProtocolError('ROUTE_CODE', { routeCode: 0 });
  into.routeCode = code;
  return at + 2;
}

function readRoute(bytes: Uint8Array, at: number, end: number, into: MessageView): number {
  const start = at + 1;
  const routeEnd = start + (at < end ? (bytes[at] as number) : 0);
  if (at >= end || routeEnd > end) throw new ProtocolError('MESSAGE_TRUNCATED', { part: 'route' });
  if (routeEnd > start) into.route = into.routes.text(bytes, start, routeEnd);
  return routeEnd;
}

/**
 * Bytes of the head that {@link writeMessageHead} will write. A route is its text, or its code in the dictionary.
 *
 * @throws ProtocolError `MESSAGE_ID`, `ROUTE_TOO_LONG`, `ROUTE_CODE`
 */
export function messageHeadBytes(type: MessageType, id: number, route: string | number): number {
  let bytes = 1;
  if ((type & 1) === 0) {
    checkId(id);
    bytes += varintBytes(id);
  }
  if (type === messageType.response) return bytes;
  if (typeof route === 'number') {
    checkRouteCode(route);
    return bytes + 2;
  }
  const routeBytes = utf8Bytes(route);
  if (routeBytes > largestRouteBytes) throw new ProtocolError('ROUTE_TOO_LONG', { bytes: routeBytes });
  return bytes + 1 + routeBytes;
}

/**
 * Writes everything before the body and returns the offset after it. `id` is ignored for notify and push, `route` for response.
 *
 * @throws ProtocolError `MESSAGE_ID`, `ROUTE_TOO_LONG`, `ROUTE_CODE`
 */
export function writeMessageHead(
  target: Uint8Array,
  offset: number,
  type: MessageType,
  id: number,
  route: string | number,
): number {
  const compressed = typeof route === 'number' && type !== messageType.response;
  target[offset] = (type << 1) | (compressed ? compressedRoute : 0);
  let at = offset + 1;
  if ((type & 1) === 0) {
    checkId(id);
    at = writeVarint(target, at, id);
  }
  if (type === messageType.response) return at;
  if (typeof route === 'string') return writeRoute(target, at, route);
  checkRouteCode(route);
  target[at] = route >> 8;
  target[at + 1] = route;
  return at + 2;
}

function writeRoute(target: Uint8Array, offset: number, route: string): number {
  const length = route.length;
  if (length > largestRouteBytes) throw new ProtocolError('ROUTE_TOO_LONG', { bytes: utf8Bytes(route) });
  const start = offset + 1;
  for (let i = 0; i < length; i++) {
    const unit = route.charCodeAt(i);
    if (unit > 0x7f) return writeWideRoute(target, offset, route);
    target[start + i] = unit;
  }
  target[offset] = length;
  return start + length;
}

function writeWideRoute(target: Uint8Array, offset: number, route: string): number {
  const bytes = encodeRoute(route);
  target[offset] = bytes.length;
  target.set(bytes, offset + 1);
  return offset + 1 + bytes.length;
}

/**
 * The bytes of a route's text.
 * @throws ProtocolError `ROUTE_TOO_LONG`
 */
export function encodeRoute(route: string): Uint8Array {
  const bytes = encodeUtf8(route);
  if (bytes.length > largestRouteBytes) throw new ProtocolError('ROUTE_TOO_LONG', { bytes: bytes.length });
  return bytes;
}

/**
 * One whole message: head and body in new bytes.
 *
 * @example encodeMessage(messageType.request, 1, 'chat.chatHandler.send', encodeUtf8('{"text":"hi"}'))
 * @throws ProtocolError `MESSAGE_ID`, `ROUTE_TOO_LONG`, `ROUTE_CODE`
 */
export function encodeMessage(
  type: MessageType,
  id: number,
  route: string | number,
  body: Uint8Array,
): Uint8Array {
  const headBytes = messageHeadBytes(type, id, route);
  const whole = allocateBytes(headBytes + body.length);
  writeMessageHead(whole, 0, type, id, route);
  whole.set(body, headBytes);
  return whole;
}

function checkId(id: number): void {
  if (!(id >= 0 && id <= largestMessageId && Number.isInteger(id)))
    throw new ProtocolError('MESSAGE_ID', { id });
}

function checkRouteCode(code: number): void {
  if (!(code >= 1 && code <= 0xffff && Number.isInteger(code))) {
    throw new ProtocolError('ROUTE_CODE', { routeCode: code });
  }
}
