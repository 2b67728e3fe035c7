import type { Socket } from 'node:net';
import type { Logger } from '@pomelo-ts/common';
import { briefError } from '@pomelo-ts/common/internal';
import { ProtocolError } from '@pomelo-ts/protocol';
import type { ClientConnection } from './client-connection.js';
import { closeCode } from './client-socket.js';
import { addressOf } from './proxied-socket.js';
import { readProxyHeader } from './proxy-header.js';

/** What becomes of clients whose bytes cannot be taken: their connections close, each with the code of its reason. */
export class ClientFaults {
  readonly #logger: Logger;
  readonly #maxPackageBytes: number;
  #toldHeader = false;

  constructor(logger: Logger, maxPackageBytes: number) {
    this.#logger = logger;
    this.#maxPackageBytes = maxPackageBytes;
  }

  /** A fault of the client's bytes closes its connection; so does one of ours, which also is logged. */
  ofBytes(connection: ClientConnection, error: unknown): void {
    if (error instanceof ProtocolError) {
      const tooLarge = error.code === 'PACKAGE_TOO_LARGE';
      if (tooLarge) this.#tellTooLarge(connection, error.facts);
      connection.fault(error.code, tooLarge ? closeCode.tooLarge : closeCode.protocolError);
      return;
    }
    this.#logger.error('a message of a client could not be handled', { error: briefError(error) });
    connection.fault('internal', closeCode.internal);
  }

  /** An error of `ws`, which has begun to close the connection with a code of its own: 1009 when a message was too long. */
  ofWebSocket(connection: ClientConnection, { code }: { readonly code?: string }): void {
    const tooLarge = code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
    if (tooLarge) this.#tellTooLarge(connection, {});
    connection.fault('webSocket', tooLarge ? closeCode.tooLarge : closeCode.protocolError);
  }

  /** What a trusted load balancer has sent is no header of the PROXY protocol that can be read: told once. */
  ofProxyHeader(socket: Socket): void {
    this.#tellOnce(
      `${addressOf(socket)}, which client.trustedProxies names, sent a PROXY header that cannot be read (client.proxyProtocol), and its connection was closed`,
    );
  }

  /** Somebody begins as a load balancer does that tells addresses, and is not believed: told once, as all players of a game may come through it. */
  ofUnexpectedHeader(socket: Socket, bytes: Buffer): void {
    if (typeof readProxyHeader(bytes) === 'string') return;
    this.#tellOnce(
      `${addressOf(socket)} sends a PROXY header, which is not expected of it: is that your load balancer? Then name it in client.trustedProxies, and set client.proxyProtocol to true`,
    );
  }

  #tellOnce(message: string): void {
    if (this.#toldHeader) return;
    this.#toldHeader = true;
    this.#logger.warn(message);
  }

  /** Mostly a game that has grown beyond its settings, whose players see nothing but a lost connection. */
  #tellTooLarge(connection: ClientConnection, facts: object): void {
    this.#logger.warn('a client sent more at once than client.maxPackageBytes allows, and was closed', {
      ...facts,
      limit: this.#maxPackageBytes,
      address: connection.address,
      uid: connection.session.uid,
    });
  }
}
