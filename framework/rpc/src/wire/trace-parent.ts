/**
 * Of which span of which trace a call is a part: a `traceparent` of W3C Trace Context (https://www.w3.org/TR/trace-context/), as
 * OpenTelemetry has it in a span's context.
 */
export interface TraceParent {
  /** 32 digits of lower-case hex, not all zero. */
  readonly traceId: string;
  /** 16 of them. */
  readonly spanId: string;
  /** Whether the trace is recorded. Of one that is not, a frame says only that. */
  readonly sampled: boolean;
}

/** What a peer says in its handshake when it takes frames with {@link traceBit}. Whoever does not say it gets none. */
export const takesTraces = 'traces';

/**
 * Bits of a frame's type. With `parent` a part precedes the content:
 *
 * u8 length, u8 version, 16 bytes trace id, 8 bytes span id, u8 flags
 *
 * With `unsampled` nothing does: the frame is of a trace that nobody records, so that none begins in its midst.
 */
export const traceBit = { parent: 0x80, unsampled: 0x40 } as const;

/** Version of the part: that of `traceparent`. */
const version = 0;
/** Bytes of the part in this version, without its length. */
const parentBytes = 1 + 16 + 8 + 1;
const sampledFlag = 1;

/** Bytes that a frame is longer by with the part. */
export const tracePartBytes = 1 + parentBytes;

/** Writes the part; gives the offset after it. */
export function writeTraceParent(target: Buffer, offset: number, { traceId, spanId }: TraceParent): number {
  target[offset] = parentBytes;
  target[offset + 1] = version;
  target.write(traceId, offset + 2, 16, 'hex');
  target.write(spanId, offset + 18, 8, 'hex');
  target[offset + 26] = sampledFlag;
  return offset + tracePartBytes;
}

/**
 * Reads the part that has its version at `start` and ends at `end`; undefined when it is none. Later versions begin as this one, says the
 * recommendation, and may be longer.
 */
export function readTraceParent(bytes: Buffer, start: number, end: number): TraceParent | undefined {
  const length = end - start;
  const of = bytes[start];
  if (length < parentBytes || of === 0xff || (of === version && length !== parentBytes)) return undefined;
  const traceId = bytes.toString('hex', start + 1, start + 17);
  const spanId = bytes.toString('hex', start + 17, start + 25);
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (bytes[start + 25]! & sampledFlag) !== 0 };
}
