import { createHmac } from 'node:crypto';
import { createServer, connect as netConnect, type Socket } from 'node:net';
import { isPomeloError, PomeloError } from '@pomelo-ts/common';
import { hostPort, type NamedKey, plainAddress, SecureDoor, secureDial } from '@pomelo-ts/common/internal';
import type { ChannelReader, Patience, RpcAddress, RpcChannel, RpcTransport } from '../transport.js';

/** How long what was written may take to leave once the channel is to end, in ms. */
const lingerMs = 1000;
/** Up to so many bytes are copied while others wait: a write keeps the whole buffer that it is part of. */
const smallWrite = 4096;
/** Size in which small writes are gathered for a peer that reads slowly: each write by itself costs more than its bytes. */
const gatherBytes = 64 * 1024;

/** Which connections are encrypted: those between hosts (`auto`), all, or none. */
export type RpcEncryption = 'auto' | 'always' | 'never';

/** What a {@link tcpTransport} encrypts, and how. */
export interface TcpSecurity {
  /** The keys that are taken; the first is the one to dial with, the next where that is not known. */
  keys(): readonly NamedKey[];
  readonly encryption: RpcEncryption;
}

/**
 * RPC over TCP, without Nagle's delay.
 *
 * @param security encrypts by TLS 1.3 with the keys that the nodes share; without it all bytes are plain. With `auto` they are plain
 * where the kernel says that both ends are addresses of this machine: who may connect is then told by the proof of the key that every
 * `RpcNode` asks for, and whoever could read or change bytes there can read this process' memory as well.
 */
export function tcpTransport(security?: TcpSecurity): RpcTransport {
  return {
    name: 'tcp',
    async listen({ host, port }, onChannel, onRefused = () => {}, isKnown = () => false) {
      const sockets = new Set<Socket>();
      const open = (socket: Socket) => onChannel(new TcpChannel(socket));
      const door = security && doorFor(security, { open, refused: onRefused, isKnown });
      const server = createServer({ noDelay: true }, (socket) => {
        sockets.add(socket);
        socket.once('close', () => sockets.delete(socket));
        if (door) door.accept(socket);
        else open(socket);
      });
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          server.off('error', reject);
          // A connection could not be accepted, for want of file descriptors say: its other end dials again.
          server.on('error', (error) => onRefused(error, 'somebody'));
          resolve();
        });
      });
      const address = server.address() as { port: number };
      return {
        port: address.port,
        close: () =>
          new Promise((resolve) => {
            server.close(() => resolve());
            door?.close();
            for (const socket of sockets) endSoon(socket);
          }),
      };
    },
    async dial(address, timeoutMs) {
      if (!security) return new TcpChannel(await connectTo(address, timeoutMs));
      const keys = security.keys();
      for (const [index, key] of keys.entries()) {
        try {
          return await dialBy(address, timeoutMs, security.encryption, key);
        } catch (error) {
          // While the secret changes, the other end may not have been told yet.
          if (!isPomeloError(error, 'PROOF_WRONG') || index === keys.length - 1) throw error;
        }
      }
      throw new Error('tcpTransport needs a key to encrypt with');
    },
  };
}

async function dialBy(
  address: RpcAddress,
  timeoutMs: number,
  encryption: RpcEncryption,
  key: NamedKey,
): Promise<RpcChannel> {
  const begun = performance.now();
  const socket = await connectTo(address, timeoutMs);
  if (mayBePlain(socket, encryption)) return new TcpChannel(socket);
  const left = Math.max(1, Math.round(timeoutMs - (performance.now() - begun)));
  return new TcpChannel(await secureDial(socket, { ...key, key: tlsKeyOf(key.key) }, left));
}

/** Who is told what by the door of a port for calls, and who is no stranger there. */
interface DoorCalls {
  open(socket: Socket): void;
  refused(error: Error, from: string): void;
  isKnown(address: string): boolean;
}

function doorFor({ keys, encryption }: TcpSecurity, { open, refused, isKnown }: DoorCalls): SecureDoor<true> {
  return new SecureDoor({
    keyOf: (name) => {
      const found = keys().find((key) => key.name === name);
      return found && { key: tlsKeyOf(found.key), who: true };
    },
    met: open,
    metPlain: (socket, from) => {
      if (mayBePlain(socket, encryption)) {
        open(socket);
        return;
      }
      socket.destroy();
      const reason = `it is not encrypted, and rpc.encryption is ${encryption} here`;
      refused(new PomeloError('FRAME_INVALID', { peer: from, reason }), from);
    },
    refused,
    isKnown,
  });
}

/**
 * Whether bytes may be plain. A connection with the same address at both ends cannot come from outside: what answers it never leaves
 * this machine.
 */
function mayBePlain({ localAddress, remoteAddress }: Socket, encryption: RpcEncryption): boolean {
  return encryption === 'never' || (encryption === 'auto' && localAddress === remoteAddress);
}

/** Another key than the one of the proof: each is used for one thing. */
const tlsKeyOf = (key: Buffer): Buffer => createHmac('sha256', key).update('tls').digest();

function connectTo({ host, port }: RpcAddress, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = netConnect({ host, port, noDelay: true });
    const timer = setTimeout(
      () => socket.destroy(new Error(`no connection within ${timeoutMs} ms`)),
      timeoutMs,
    );
    socket.on('error', reject); // kept: an error before anybody else listens must not end this process
    socket.once('close', () => clearTimeout(timer));
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve(socket);
    });
  });
}

class TcpChannel implements RpcChannel {
  readonly remote: string;
  readonly #socket: Socket;
  #error: Error | undefined;
  /** Small writes that wait until the socket has drained, or until they are many. */
  #gathered: Buffer | undefined;
  #gatheredBytes = 0;
  #undoPatience: (() => void) | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    const { remoteAddress = 'an address that is gone', remotePort = 0 } = socket;
    this.remote = hostPort(plainAddress(remoteAddress), remotePort);
    socket.on('error', (error) => {
      this.#error = error;
    });
    socket.on('drain', () => this.#writeGathered());
  }

  get queuedBytes(): number {
    return this.#socket.writableLength + this.#gatheredBytes;
  }

  read(reader: ChannelReader): void {
    this.#socket.on('data', (chunk) => reader.onBytes(chunk));
    this.#socket.on('close', () => reader.onClose(this.#error));
  }

  stopReading(patience?: Patience): void {
    this.#undoPatience?.();
    this.#socket.pause();
    if (!patience) return;
    const socket = this.#socket;
    // Node's time-out of a socket begins anew whenever part of a write has left.
    socket.setTimeout(patience.ms).on('timeout', patience.stuck);
    this.#undoPatience = () => socket.setTimeout(0).off('timeout', patience.stuck);
  }

  goOnReading(): void {
    this.#undoPatience?.();
    this.#undoPatience = undefined;
    this.#socket.resume();
  }

  write(bytes: Buffer): boolean {
    const socket = this.#socket;
    if (socket.writableLength > 0 && bytes.length <= smallWrite) return this.#writeSmall(bytes);
    if (this.#gatheredBytes > 0) this.#writeGathered();
    socket.write(bytes);
    return socket.writableLength === 0;
  }

  destroy(): void {
    this.#writeGathered();
    endSoon(this.#socket);
  }

  #writeSmall(bytes: Buffer): true {
    const socket = this.#socket;
    if (!socket.writableNeedDrain) {
      socket.write(Buffer.from(bytes));
      return true;
    }
    if (this.#gatheredBytes + bytes.length > gatherBytes) this.#writeGathered();
    this.#gathered ??= Buffer.allocUnsafeSlow(gatherBytes);
    this.#gatheredBytes += bytes.copy(this.#gathered, this.#gatheredBytes);
    return true;
  }

  #writeGathered(): void {
    const bytes = this.#gathered?.subarray(0, this.#gatheredBytes);
    this.#gathered = undefined;
    this.#gatheredBytes = 0;
    if (bytes?.length && this.#socket.writable) this.#socket.write(bytes);
  }
}

/** Ends the socket once what was written has left; a peer that reads nothing cannot keep it open for long. */
function endSoon(socket: Socket): void {
  if (socket.destroyed) return;
  socket.destroySoon();
  if (socket.destroyed) return;
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
}
