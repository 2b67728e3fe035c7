import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { isLoopback, plainAddress } from '@pomelo-ts/common/internal';

/** What {@link Origins} are made of. */
export interface OriginsParts {
  readonly listen: string;
  readonly origins: readonly string[];
  readonly behindProxy: boolean;
  readonly secure: boolean;
}

/** By which addresses browsers may know the admin: a page of somebody else must not ask in the name of who is signed in. */
export class Origins {
  readonly #parts: OriginsParts;

  constructor(parts: OriginsParts) {
    this.#parts = parts;
  }

  /** Whether cookies must only ever travel by HTTPS. */
  get secure(): boolean {
    return this.#parts.secure || this.#parts.behindProxy;
  }

  /** Whether the host of a request is one of the admin's names: another one may have been made to lead here (DNS rebinding). */
  knowsHost({ host }: IncomingHttpHeaders): boolean {
    const { origins, secure } = this.#parts;
    if (host === undefined) return false;
    if (origins.length > 0)
      return origins.some((origin) => new URL(origin).host === host) || this.#isLocal(host);
    return secure || this.#isLocal(host); // by HTTPS the name is in the certificate
  }

  /** Whether a page of the admin itself asks; without an origin no page does. */
  isOwn({ host, origin }: IncomingHttpHeaders): boolean {
    if (origin === undefined || host === undefined) return origin === undefined;
    if (this.#parts.origins.includes(origin)) return true;
    return origin === `${this.#parts.secure ? 'https' : 'http'}://${host}` && this.knowsHost({ host });
  }

  /** The origin that a browser knows the admin by which has sent this; with several, the one it names. */
  ownOrigin(headers: IncomingHttpHeaders): string {
    const { host = '', origin } = headers;
    if (origin !== undefined && this.isOwn(headers)) return origin;
    const { origins, secure } = this.#parts;
    const named = origins.find((one) => new URL(one).host === host) ?? origins[0];
    return named ?? `${secure ? 'https' : 'http'}://${host}`;
  }

  /** Where a request comes from: a proxy that is known says so, of which the last one's word counts. */
  addressOf({ socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>): string {
    const told = this.#parts.behindProxy ? headers['x-forwarded-for'] : undefined;
    const last = [told].flat().at(-1)?.split(',').at(-1)?.trim();
    return plainAddress(last !== undefined && isIP(last) !== 0 ? last : (socket.remoteAddress ?? 'unknown'));
  }

  #isLocal(host: string): boolean {
    const name = host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
    return name === 'localhost' || (isLoopback(name) && isLoopback(this.#parts.listen));
  }
}
