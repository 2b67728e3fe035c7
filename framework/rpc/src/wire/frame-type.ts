/** First byte of each frame between two servers, after its length. Its two upper bits are those of `traceBit`. */
export const frameType = {
  /** JSON, only before the peers have proved that they know the secret. */
  handshake: 1,
  /** u32 call id, u16 method length, method, MessagePack array of arguments. */
  request: 2,
  /** u32 call id, MessagePack value. */
  response: 3,
  /** u32 call id, MessagePack map `{code, message, data?, stack?}`. */
  error: 4,
  /** u16 method length, method, MessagePack array of arguments. */
  notify: 5,
  /** u32 call id, u8 kind, bytes that the kind defines. */
  rawRequest: 6,
  /** u32 call id, bytes that the kind of the request defines. */
  rawResponse: 7,
  /** u8 kind, bytes that the kind defines. */
  rawNotify: 8,
  ping: 9,
  pong: 10,
} as const;
