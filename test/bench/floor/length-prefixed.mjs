/**
 * Gathers what one tick writes and hands it to the socket as one buffer.
 *
 * @param {import('node:net').Socket} socket
 * @returns {(value: unknown) => void} sends one value as a length and JSON
 */
export function tickWriter(socket) {
  /** @type {Buffer[]} */
  let waiting = [];
  const flush = () => {
    const frames = waiting;
    waiting = [];
    socket.write(frames.length === 1 ? /** @type {Buffer} */ (frames[0]) : Buffer.concat(frames));
  };
  return (value) => {
    const text = JSON.stringify(value);
    const length = Buffer.byteLength(text);
    const frame = Buffer.allocUnsafe(4 + length);
    frame.writeUInt32BE(length, 0);
    frame.write(text, 4);
    if (waiting.push(frame) === 1) setImmediate(flush);
  };
}

/**
 * Calls `onValue` for every whole frame that arrives.
 *
 * @param {import('node:net').Socket} socket
 * @param {(value: any) => void} onValue
 */
export function readFrames(socket, onValue) {
  /** @type {Buffer | undefined} */
  let carry;
  socket.on('data', (chunk) => {
    const data = carry ? Buffer.concat([carry, chunk]) : chunk;
    let at = 0;
    while (data.length - at >= 4) {
      const end = at + 4 + data.readUInt32BE(at);
      if (end > data.length) break;
      onValue(JSON.parse(data.toString('utf8', at + 4, end)));
      at = end;
    }
    carry = at < data.length ? data.subarray(at) : undefined;
  });
}
