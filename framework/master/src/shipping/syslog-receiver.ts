import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import type { AuditLine } from './audit-tail.js';
import type { RecordsReceiver } from './records-receiver.js';
import { counted, type SyslogSender, syslogLine } from './syslog-line.js';

/** What a {@link SyslogReceiver} works with. */
export interface SyslogReceiverParts {
  /** Such as `tls://logs.example.org:6514`. */
  readonly url: URL;
  readonly sender: SyslogSender;
  /** Certificates that the receiver's is signed by, as PEM. @default those that Node knows */
  readonly ca?: string | undefined;
}

/** How long the end of a connection waits at least for what the other side does before it, in ms. */
const leastWaitMs = 50;
/** Ports that RFC 5426, RFC 6587 with IANA, and RFC 5425 give. */
const usualPorts: Readonly<Record<string, number>> = { 'udp:': 514, 'tcp:': 601, 'tls:': 6514 };

/**
 * Syslog has no answers. By TCP and TLS each batch is a connection of its own, which is ended behind the last message: the receiver ends its side
 * once it has read to there, and has taken the batch then. UDP tells nothing of what has arrived.
 */
export class SyslogReceiver implements RecordsReceiver {
  readonly name: string;
  readonly #parts: SyslogReceiverParts;
  readonly #host: string;
  readonly #port: number;

  constructor(parts: SyslogReceiverParts) {
    this.#parts = parts;
    const { protocol, hostname, port } = parts.url;
    this.#host = hostname.replace(/^\[(.*)\]$/, '$1');
    this.#port = port === '' ? usualPorts[protocol]! : Number(port);
    this.name = `syslog ${protocol}//${hostname}:${this.#port}`;
  }

  send(lines: readonly AuditLine[], signal: AbortSignal): Promise<void> {
    const { url, sender } = this.#parts;
    const messages = lines.map((line) => syslogLine(line, sender));
    if (url.protocol === 'udp:') return this.#asDatagrams(messages, signal);
    return readToTheEnd(this.#connect(), Buffer.concat(messages.map(counted)), signal);
  }

  #connect(): Socket {
    const [host, port] = [this.#host, this.#port];
    const { url, ca } = this.#parts;
    if (url.protocol === 'tcp:') return connect({ host, port });
    const named = isIP(host) === 0 ? { servername: host } : {};
    return connectSecurely({ host, port, ...named, ...(ca !== undefined && { ca }), minVersion: 'TLSv1.2' });
  }

  async #asDatagrams(messages: readonly string[], signal: AbortSignal): Promise<void> {
    const { address, family } = await lookup(this.#host);
    signal.throwIfAborted();
    const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
    const failed = new Promise<never>((_, reject) => {
      socket.once('error', reject);
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
    failed.catch(() => {}); // told to who waits for it below
    try {
      await Promise.race([connected(socket, this.#port, address), failed]);
      for (const message of messages) await Promise.race([sent(socket, message), failed]);
    } finally {
      socket.on('error', () => {}).close();
    }
  }
}

const connected = (socket: DatagramSocket, port: number, address: string): Promise<void> =>
  new Promise((resolve) => socket.connect(port, address, resolve));

const sent = (socket: DatagramSocket, message: string): Promise<void> =>
  new Promise((resolve, reject) => socket.send(message, (error) => (error ? reject(error) : resolve())));

/**
 * Sends all, ends, and resolves once the other side has read to there and has ended as well. One that ends first, as a balancer without a receiver
 * behind it does, has taken nothing: so that this shows, ours waits for two round trips, as long as the connection took at least, before it ends.
 */
function readToTheEnd(socket: Socket, bytes: Buffer, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    let wait = leastWaitMs;
    let last: NodeJS.Timeout | undefined;
    let ended = false;
    let taken = false;
    const end = () => {
      ended = true;
      socket.end();
    };
    const giveUp = () => socket.destroy(signal.reason as Error);
    signal.addEventListener('abort', giveUp, { once: true });
    socket
      .once('connect', () => (wait = Math.max(leastWaitMs, 2 * (performance.now() - begun))))
      .once('end', () => (taken = ended))
      .once('error', reject)
      .once('close', () => {
        clearTimeout(last);
        signal.removeEventListener('abort', giveUp);
        if (taken) resolve();
        else reject(new Error('it ended the connection before it had all records'));
      })
      .resume() // whatever it says is for nobody
      .write(bytes, (error) => {
        if (!error) last = setTimeout(end, wait);
      });
    if (signal.aborted) giveUp();
  });
}
