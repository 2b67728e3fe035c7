import { describe, ProtocolError } from './errors.js';
import type { ProtobufCodec } from './protobuf/codec.js';
import { decodeUtf8, encodeUtf8 } from './text.js';

/**
 * A body's bytes: protobuf when the codec knows the route, else JSON. No value (`undefined`) counts as `{}`.
 * For a response the route is that of its request.
 *
 * @throws ProtocolError `BODY_VALUE` or one of `PROTOBUF_…` when the value cannot be written
 */
export function encodeBody(codec: ProtobufCodec | undefined, route: string, value: unknown): Uint8Array {
  const body = value === undefined ? {} : value;
  if (codec?.has(route)) return codec.encode(route, body);
  return encodeJson(stringify(route, body));
}

const surrogate = /[\ud800-\udfff]/;
const surrogates = /[\ud800-\udfff]/g;

/**
 * UTF-8 bytes of JSON text. Characters beyond U+FFFF are written as two escapes, `\ud83d\ude02`, which every JSON reader
 * takes: pomelo's browser client turns their four bytes of UTF-8 into text that is no JSON.
 */
export function encodeJson(json: string): Uint8Array {
  const bytes = encodeUtf8(json);
  // As many bytes as units: ASCII alone, which most bodies are.
  if (bytes.length === json.length || !surrogate.test(json)) return bytes;
  return encodeUtf8(json.replace(surrogates, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`));
}

function stringify(route: string, value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    throw new ProtocolError('BODY_VALUE', { route, reason: reasonOf(error) });
  }
  if (text === undefined)
    throw new ProtocolError('BODY_VALUE', { route, reason: `it is ${describe(value)}` });
  return text;
}

/**
 * A body's value: protobuf when the codec knows the route, else JSON. No bytes give `{}`.
 * What it is otherwise (a number, an array) is for the caller to judge.
 *
 * @throws ProtocolError `BODY_JSON` or one of `PROTOBUF_…`
 */
export function decodeBody(
  codec: ProtobufCodec | undefined,
  route: string,
  bytes: Uint8Array,
  start: number,
  end: number,
): unknown {
  if (codec?.has(route)) return codec.decode(route, bytes, start, end);
  if (start >= end) return {};
  try {
    return JSON.parse(decodeUtf8(bytes, start, end));
  } catch (error) {
    throw new ProtocolError('BODY_JSON', { route, reason: reasonOf(error) });
  }
}

/** V8 quotes the text around a fault: kept short, it may hold what a player typed. */
function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 80);
}
