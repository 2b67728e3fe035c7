/** Head of a masked binary WebSocket frame; the mask is zero, so that the payload goes as it is. */
function frameHead(/** @type {number} */ length) {
  if (length < 126) return Buffer.from([0x82, 0x80 | length, 0, 0, 0, 0]);
  const head = Buffer.from([0x82, 0x80 | 126, 0, 0, 0, 0, 0, 0]);
  head.writeUInt16BE(length, 2);
  return head;
}

/**
 * One package in one WebSocket frame, as a client sends it.
 *
 * @param {number} type
 * @param {Buffer | string} body at most 64 KiB
 */
export function packageFrame(type, body = '') {
  const bytes = Buffer.from(body);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(((type << 24) | bytes.length) >>> 0, 0);
  return Buffer.concat([frameHead(4 + bytes.length), head, bytes]);
}

/** Request ids used here: always two varint bytes, so that a built frame can be sent again with another id. */
export const requestIds = { first: 128, count: 16_256 };

/**
 * A request frame that is built once and sent many times.
 *
 * @param {string} route
 * @param {string} body
 * @returns {{ bytes: Buffer, setId: (id: number) => void }}
 */
export function requestFrame(route, body) {
  const message = Buffer.concat([
    Buffer.from([0, 0x80, 1, route.length]),
    Buffer.from(route, 'latin1'),
    Buffer.from(body),
  ]);
  const bytes = packageFrame(4, message);
  const at = bytes.length - message.length + 1;
  return {
    bytes,
    setId(id) {
      bytes[at] = (id & 0x7f) | 0x80;
      bytes[at + 1] = id >> 7;
    },
  };
}

/** What a WebSocket client says first. */
export function upgradeRequest(/** @type {number} */ port) {
  return [
    'GET / HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Key: cG9tZWxvLXRzIGJlbmNoIQ==',
    'Sec-WebSocket-Version: 13',
    '\r\n',
  ].join('\r\n');
}

export const handshakeBody = '{"sys":{"type":"bench","version":"1.0.0","rsa":{}},"user":{}}';
