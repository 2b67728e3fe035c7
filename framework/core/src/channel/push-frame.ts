import { encodeRoute, largestPackageBody, ProtocolError } from '@pomelo-ts/protocol';
import { checkUid } from '../session/uid.js';
import type { Uid } from '../session-names.js';
import type { ByteReader } from '../wire/byte-reader.js';
import { keyOf, memberBytes, readMember, writeMember } from './member.js';

/*
 * channelAdd, channelLeave, memberLeft: u32 channel number, u32 stamp of the member's stay, member
 * memberMoved:                          u32 channel number, u32 stamp, member, u8 stays, id of the next frontend
 * channelDrop:                          u32 channel number
 * channelPush:                          u32 channel number, push
 * listPush:                             u32 count, members, push
 * broadcast:                            u8 bound only, push
 * a push:                               u32 count, members left out, u8 length, route, body
 * answer to a push that wants one:      u32 connections that took it
 */

/** A push as it is encoded, once, for all frontends. */
export interface EncodedPush {
  readonly bytes: Buffer;
}

/** Encodes what all frontends get of a push. Throws ProtocolError ROUTE_TOO_LONG, PACKAGE_TOO_LARGE. */
export function encodePush(route: string, body: Uint8Array, except: readonly Uid[] = []): EncodedPush {
  const routeBytes = encodeRoute(route);
  const packageBytes = 2 + routeBytes.length + body.length;
  if (packageBytes > largestPackageBody)
    throw new ProtocolError('PACKAGE_TOO_LARGE', { bytes: packageBytes, limit: largestPackageBody });
  let size = 4 + 1 + routeBytes.length + body.length;
  for (const uid of except) size += memberBytes({ uid: checkUid(uid) });
  const bytes = Buffer.allocUnsafe(size);
  let at = bytes.writeUInt32BE(except.length, 0);
  for (const uid of except) at = writeMember(bytes, at, { uid });
  bytes[at++] = routeBytes.length;
  bytes.set(routeBytes, at);
  bytes.set(body, at + routeBytes.length);
  return { bytes };
}

/** What a frontend reads of a push; its body is the rest of the reader. */
export interface PushHead {
  /** Keys of the members left out; undefined for nobody. */
  readonly except: ReadonlySet<string> | undefined;
  readonly route: string;
}

export function readPushHead(reader: ByteReader): PushHead {
  const count = reader.u32();
  let except: Set<string> | undefined;
  if (count > 0) {
    except = new Set();
    for (let i = 0; i < count; i++) except.add(keyOf(readMember(reader)));
  }
  return { except, route: reader.text(reader.u8()) };
}
