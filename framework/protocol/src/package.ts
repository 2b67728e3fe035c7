import { allocateBytes } from './bytes.js';
import { ProtocolError } from './errors.js';

/** The types of the outer layer. Kick is sent by servers only. */
export const packageType = { handshake: 1, handshakeAck: 2, heartbeat: 3, data: 4, kick: 5 } as const;

export type PackageType = (typeof packageType)[keyof typeof packageType];

/** Type (1 byte) and body length (3 bytes, big-endian). */
export const packageHeadBytes = 4;

/** The largest length that three bytes can say. */
export const largestPackageBody = 0xffffff;

/** Takes packages out of a frame or a stream. */
export interface PackageSink {
  /**
   * The body is `bytes` from `start` to `end`; no later call overwrites them, so a view may be kept.
   * Return false to get no more, for example because the connection was closed.
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: a sink that never stops should not have to return anything
  onPackage(type: PackageType, bytes: Uint8Array, start: number, end: number): boolean | void;
}

/** Writes the four bytes before a body of `bodyBytes` bytes. */
export function writePackageHead(
  target: Uint8Array,
  offset: number,
  type: PackageType,
  bodyBytes: number,
): void {
  if (bodyBytes > largestPackageBody) {
    throw new ProtocolError('PACKAGE_TOO_LARGE', { bytes: bodyBytes, limit: largestPackageBody });
  }
  target[offset] = type;
  target[offset + 1] = bodyBytes >>> 16;
  target[offset + 2] = bodyBytes >>> 8;
  target[offset + 3] = bodyBytes;
}

/**
 * One whole package.
 * @example encodePackage(packageType.heartbeat) // 03 000000
 */
export function encodePackage(type: PackageType, body?: Uint8Array): Uint8Array {
  const bodyBytes = body === undefined ? 0 : body.length;
  if (bodyBytes > largestPackageBody) {
    throw new ProtocolError('PACKAGE_TOO_LARGE', { bytes: bodyBytes, limit: largestPackageBody });
  }
  const whole = allocateBytes(packageHeadBytes + bodyBytes);
  writePackageHead(whole, 0, type, bodyBytes);
  if (body !== undefined) whole.set(body, packageHeadBytes);
  return whole;
}

/** @throws ProtocolError `PACKAGE_TYPE` */
export function checkPackageType(type: number): asserts type is PackageType {
  if (type < packageType.handshake || type > packageType.kick) {
    throw new ProtocolError('PACKAGE_TYPE', { type });
  }
}

/** @throws ProtocolError `PACKAGE_TOO_LARGE` */
export function checkPackageBody(bodyBytes: number, maxPackageBytes: number): void {
  if (bodyBytes > maxPackageBytes) {
    throw new ProtocolError('PACKAGE_TOO_LARGE', { bytes: bodyBytes, limit: maxPackageBytes });
  }
}

/**
 * Hands out the packages of one WebSocket frame, which must hold whole packages and at least one.
 * Packages before a fault have been delivered when the error is thrown.
 *
 * @param maxPackageBytes the largest body that is accepted
 * @param maxPackages the most packages that are accepted
 * @throws ProtocolError `PACKAGE_TYPE`, `PACKAGE_TOO_LARGE`, `PACKAGE_TRUNCATED`, `PACKAGE_COUNT`
 */
export function splitPackages(
  frame: Uint8Array,
  maxPackageBytes: number,
  sink: PackageSink,
  maxPackages: number = Number.POSITIVE_INFINITY,
): void {
  let at = 0;
  let count = 0;
  do {
    if (++count > maxPackages) throw new ProtocolError('PACKAGE_COUNT', { limit: maxPackages });
    const start = at + packageHeadBytes;
    if (start > frame.length) {
      if (at < frame.length) checkPackageType(frame[at] as number);
      throw new ProtocolError('PACKAGE_TRUNCATED', { missing: start - frame.length });
    }
    const type = frame[at] as number;
    checkPackageType(type);
    const bodyBytes =
      ((frame[at + 1] as number) << 16) | ((frame[at + 2] as number) << 8) | (frame[at + 3] as number);
    checkPackageBody(bodyBytes, maxPackageBytes);
    at = start + bodyBytes;
    if (at > frame.length) throw new ProtocolError('PACKAGE_TRUNCATED', { missing: at - frame.length });
    if (sink.onPackage(type, frame, start, at) === false) return;
  } while (at < frame.length);
}
