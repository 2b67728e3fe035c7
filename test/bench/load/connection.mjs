import { connect } from 'node:net';
import { handshakeBody, packageFrame, upgradeRequest } from './frames.mjs';

const heartbeatFrame = packageFrame(3);
const ackFrame = packageFrame(2);
const handshakeFrame = packageFrame(1, handshakeBody);

/**
 * One pomelo client on a bare TCP socket: it masks nothing, checks little and copies no body, to be cheaper than any
 * server it loads.
 */
export class Connection {
  /** @type {(id: number, data: Buffer, start: number, end: number) => void} */
  onResponse = () => {};
  /** @type {(data: Buffer, start: number, end: number) => void} */
  onPush = () => {};
  /** @type {(error: Error) => void} */
  onClosed = () => {};
  /** Time at which the next heartbeat is due; 0 when none is. */
  heartbeatAt = 0;
  /** Milliseconds between heartbeats as the server asked. */
  heartbeatMs = 0;

  /** @type {import('node:net').Socket} */
  #socket;
  /** @type {Buffer | undefined} */
  #carry;
  #upgraded = false;
  #ready = () => {};
  #closing = false;

  /** @param {number} port */
  constructor(port) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (chunk) => this.#receive(chunk));
    this.#socket.on('error', (error) => this.#end(error));
    this.#socket.on('close', () => this.#end(new Error('the server closed the connection')));
    this.#socket.write(upgradeRequest(port));
  }

  /**
   * Connects and completes the handshake.
   *
   * @param {number} port
   * @returns {Promise<Connection>}
   */
  static open(port) {
    return new Promise((resolve, reject) => {
      const connection = new Connection(port);
      const timer = setTimeout(() => {
        connection.close();
        reject(new Error('no handshake within 20 s'));
      }, 20_000);
      connection.onClosed = (error) => {
        clearTimeout(timer);
        reject(error);
      };
      connection.#ready = () => {
        clearTimeout(timer);
        resolve(connection);
      };
    });
  }

  /** @param {Buffer} frame */
  write(frame) {
    this.#socket.write(frame);
  }

  close() {
    this.#closing = true;
    this.#socket.destroy();
  }

  /** @param {number} now */
  beat(now) {
    if (this.heartbeatAt === 0 || now < this.heartbeatAt) return;
    this.heartbeatAt = 0;
    this.#socket.write(heartbeatFrame);
  }

  /** @param {Error} error */
  #end(error) {
    if (this.#closing) return;
    this.#closing = true;
    this.#socket.destroy();
    this.onClosed(error);
  }

  /** @param {Buffer} chunk */
  #receive(chunk) {
    let data = this.#carry ? Buffer.concat([this.#carry, chunk]) : chunk;
    this.#carry = undefined;
    if (!this.#upgraded) {
      const end = data.indexOf('\r\n\r\n');
      if (end < 0) {
        this.#carry = data;
        return;
      }
      const status = data.toString('latin1', 0, 12);
      if (status !== 'HTTP/1.1 101') return this.#end(new Error(`no upgrade: ${status}`));
      this.#upgraded = true;
      this.#socket.write(handshakeFrame);
      data = data.subarray(end + 4);
    }
    const used = this.#readFrames(data);
    if (used < data.length) this.#carry = data.subarray(used);
  }

  /** @param {Buffer} data @returns {number} bytes of whole frames */
  #readFrames(data) {
    let at = 0;
    while (data.length - at >= 2) {
      const code = /** @type {number} */ (data[at]) & 0x0f;
      let length = /** @type {number} */ (data[at + 1]) & 0x7f;
      let start = at + 2;
      if (length === 126) {
        if (data.length - at < 4) break;
        length = data.readUInt16BE(start);
        start += 2;
      } else if (length === 127) {
        if (data.length - at < 10) break;
        length = data.readUInt32BE(start) * 2 ** 32 + data.readUInt32BE(start + 4);
        start += 8;
      }
      const end = start + length;
      if (end > data.length) break;
      if (code === 2) this.#readPackages(data, start, end);
      else if (code === 8) this.#end(new Error('the server sent a close frame'));
      at = end;
    }
    return at;
  }

  /** @param {Buffer} data @param {number} start @param {number} end */
  #readPackages(data, start, end) {
    let at = start;
    while (end - at >= 4) {
      const type = data[at];
      const body = at + 4;
      at = body + data.readUIntBE(at + 1, 3);
      if (type === 4) this.#readMessage(data, body, at);
      else if (type === 3) this.heartbeatAt = this.heartbeatMs && performance.now() + this.heartbeatMs;
      else if (type === 1) this.#handshaken(data.toString('utf8', body, at));
      else this.#end(new Error(`package of type ${type}: ${data.toString('utf8', body, at)}`));
    }
  }

  /** @param {string} text */
  #handshaken(text) {
    const reply = JSON.parse(text);
    if (reply.code !== 200) return this.#end(new Error(`handshake refused: ${text}`));
    this.heartbeatMs = (reply.sys?.heartbeat ?? 0) * 1000;
    this.#socket.write(ackFrame);
    this.#ready();
  }

  /** @param {Buffer} data @param {number} start @param {number} end */
  #readMessage(data, start, end) {
    const flag = /** @type {number} */ (data[start]);
    const kind = flag >> 1;
    let at = start + 1;
    if (kind === 3) {
      const length = flag & 1 ? 1 : /** @type {number} */ (data[at]);
      this.onPush(data, at + 1 + length, end);
      return;
    }
    let id = 0;
    let scale = 1;
    let byte = 0;
    do {
      byte = /** @type {number} */ (data[at++]);
      id += (byte & 0x7f) * scale;
      scale *= 128;
    } while (byte > 127);
    this.onResponse(id, data, at, end);
  }
}
