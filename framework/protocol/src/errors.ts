/**
 * Everything that can be wrong with bytes or values at the wire, one code each. `{name}` stands for the fact of that name,
 * which is also a member of {@link ProtocolError.facts}. docs/reference/protocol.md lists the same codes; a test compares them.
 */
export const protocolErrors = {
  PACKAGE_TYPE: 'a package starts with a type from 1 to 5, not {type}',
  PACKAGE_TOO_LARGE: 'a package body of {bytes} bytes is over the limit of {limit}',
  PACKAGE_TRUNCATED: 'a frame holds whole packages only: {missing} more bytes were announced than came',
  PACKAGE_COUNT: 'a frame holds at most {limit} packages',
  MESSAGE_TRUNCATED: 'the message ends inside its {part}',
  MESSAGE_FLAG: 'the reserved bits of a message flag are zero, but the flag is {flag}',
  MESSAGE_TYPE: 'a message has a type from 0 to 3, not {type}',
  MESSAGE_ID: 'a message id is a whole number from 0 to 2147483647 in at most 5 bytes, not {id}',
  ROUTE_TOO_LONG: 'a route has at most 255 bytes, this one has {bytes}',
  ROUTE_CODE: 'a route code is a whole number from 1 to 65535, not {routeCode}',
  DICTIONARY: 'the route dictionary is not usable: {reason}',
  BODY_JSON: 'the body of {route} is not JSON: {reason}',
  BODY_VALUE: 'the body of {route} cannot be written as JSON: {reason}',
  PROTOBUF_SCHEMA: 'protos: {path}: {reason}',
  PROTOBUF_ROUTE: 'the protos have no message for {route}',
  PROTOBUF_REQUIRED: '{route}: {path} is required and missing',
  PROTOBUF_VALUE: '{route}: {path} should be {expected}, but is {actual}',
  PROTOBUF_DEPTH: '{route} is nested deeper than {limit} messages',
  PROTOBUF_TAG: '{route} has no field with tag {tag} (at byte {at})',
  PROTOBUF_TRUNCATED: '{route} ends inside a field (at byte {at})',
  PROTOBUF_VARINT: '{route} holds a number over 2^53-1 (at byte {at})',
  PROTOBUF_COUNT: '{route} announces {count} elements, more than its bytes can hold (at byte {at})',
} as const;

export type ProtocolErrorCode = keyof typeof protocolErrors;

export type ProtocolErrorFacts = Readonly<Record<string, string | number>>;

/**
 * The only error that this package throws on purpose. A decoder gives a value or this, whatever the bytes.
 *
 * @example
 * try { readMessage(bytes, 0, bytes.length, view); }
 * catch (error) { if (error instanceof ProtocolError && error.code === 'MESSAGE_ID') close(); }
 */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly code: ProtocolErrorCode;
  /** What the message was built from: numbers and short texts, never the peer's whole body. */
  readonly facts: ProtocolErrorFacts;

  constructor(code: ProtocolErrorCode, facts: ProtocolErrorFacts = {}) {
    super(fill(protocolErrors[code], facts));
    this.code = code;
    this.facts = facts;
  }
}

function fill(template: string, facts: ProtocolErrorFacts): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(facts, name) ? String(facts[name]) : whole,
  );
}

/** What a value is, for an error text: never the value itself, which may be long or secret. */
export function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'number') return `the number ${value}`;
  if (value === undefined) return 'undefined';
  return /^[aeiou]/.test(typeof value) ? `an ${typeof value}` : `a ${typeof value}`;
}
