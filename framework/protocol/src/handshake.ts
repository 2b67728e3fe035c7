import type { ParsedProtos } from './protobuf/schema.js';

/** `code` of a handshake answer. */
export const handshakeCode = { ok: 200, failed: 500, clientNotAccepted: 501 } as const;

/** What a client sends first, as UTF-8 JSON. */
export interface HandshakeRequest {
  sys: {
    /** Names the client library, for the server's version check. */
    type: string;
    version: string;
    /** Set when requests will be signed: modulus in hexadecimal, exponent. Pomelo's clients send `{}` when not. */
    rsa?: { rsa_n?: string; rsa_e?: number };
    /** Version of the dictionary that the client kept; the same one is then not sent again. */
    dictVersion?: string;
    /** Version of the protos that the client kept; pomelo's browser client sends the number 0 for none. */
    protoVersion?: string | number;
  };
  /** Whatever the application wants to know before it lets the client in. */
  user?: unknown;
}

/** What the server answers, as UTF-8 JSON. Anything but code 200 is followed by a disconnect. */
export interface HandshakeResponse {
  code: number;
  /** Why the client was refused. Pomelo sends the code alone. */
  message?: string;
  sys?: HandshakeSystem;
  /** What the server's handshake function gave; absent when it gave nothing. */
  user?: unknown;
}

/**
 * What client and server agree upon in the handshake: pace of heartbeats, route dictionary, protos. Fields and names are
 * those of pomelo's `connectors/commands/handshake.js` and of its clients; docs/reference/protocol.md lists them.
 *
 * @example
 * { heartbeat: 30, useDict: true, dict: { 'chat.chatHandler.send': 1 }, dictVersion: '…' }
 */
export interface HandshakeSystem {
  /** Seconds, may be a fraction; absent when heartbeats are off. */
  heartbeat?: number;
  /** Route to code. Absent when the client's `dictVersion` is current. */
  dict?: Record<string, number>;
  /** The same as `dict`, sent by pomelo only. */
  routeToCode?: Record<string, number>;
  /** `dict` turned round, sent by pomelo only. */
  codeToRoute?: Record<string, string>;
  /** Names the dictionary, here the base64 of an MD5 of it; a client sends it back the next time. */
  dictVersion?: string;
  /** Whether there is a dictionary, sent or kept by the client. */
  useDict?: boolean;
  /** `server`: what the server encodes (pushes, responses). `client`: what it decodes. Absent when the client's `protoVersion` is current. */
  protos?: HandshakeProtos;
  /** Whether there are protos, sent or kept by the client. */
  useProto?: boolean;
}

/** The message schemas of both directions, in the parsed form of `parseProtos`; pomelo's clients know them under these names. */
export interface HandshakeProtos {
  /** What the server writes: answers and pushes. */
  server: ParsedProtos;
  /** What clients write: requests and notifies. */
  client: ParsedProtos;
  /** A client sends it back the next time. A text here (base64 of an MD5); the number 0 counts as none. */
  version: string | number;
}

/** The reason of a kick with which a server that stops sends its clients away: they may come back at once, elsewhere. */
export const shutdownReason = 'shutdown';

/** Body of a kick package, as UTF-8 JSON; it may also be empty. */
export interface KickBody {
  reason?: string;
}
