import { PomeloError } from '@pomelo-ts/common';
import type { Accounts, Visitor } from '@pomelo-ts/master';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { AdminContext } from './node-env.js';
import type { Origins } from './origins.js';

/** Header that a page must send with what changes anything: pages of others cannot. */
export const ownHeader = 'x-pomelo-admin';
/** Its value where the page asks by itself: nobody has done anything by that, so that the session does not last longer. */
const unasked = 'unasked';

/** Who asks: by a key, or by the cookie of a session. */
export class Visitors {
  readonly #origins: Origins;

  constructor(origins: Origins) {
    this.#origins = origins;
  }

  /** @throws NOT_SIGNED_IN, SESSION_IDLE, SESSION_EXPIRED, SESSION_ENDED, KEY_REFUSED, KEY_RATE */
  require(context: AdminContext, accounts: Accounts): Visitor {
    const authorization = context.req.header('authorization');
    if (authorization !== undefined) {
      const from = this.#origins.addressOf(context.env.incoming);
      return accounts.keyHolder(authorization.replace(/^Bearer +/i, ''), from);
    }
    const token = getCookie(context, this.#name);
    if (token === undefined) throw new PomeloError('NOT_SIGNED_IN', {});
    return accounts.visitorOf(token, context.req.header(ownHeader) !== unasked);
  }

  /** Has the browser keep a session. A name that begins with `__Host-` is taken by HTTPS alone, for this host alone. */
  keep(context: AdminContext, token: string): void {
    setCookie(context, this.#name, token, this.#how);
  }

  forget(context: AdminContext): void {
    deleteCookie(context, this.#name, this.#how);
  }

  /** Has the browser hold what it has begun at a provider, for so long, in ms. That is another site: with `Strict` it would come back without it. */
  keepBegun(context: AdminContext, token: string, ms: number): void {
    setCookie(context, this.#begunName, token, { ...this.#how, sameSite: 'Lax', maxAge: ms / 1000 });
  }

  begunOf(context: AdminContext): string | undefined {
    return getCookie(context, this.#begunName);
  }

  forgetBegun(context: AdminContext): void {
    deleteCookie(context, this.#begunName, { ...this.#how, sameSite: 'Lax' });
  }

  get #begunName(): string {
    return `${this.#name}-oidc`;
  }

  get #name(): string {
    return this.#origins.secure ? '__Host-pomelo-admin' : 'pomelo-admin';
  }

  get #how() {
    return { path: '/', httpOnly: true, secure: this.#origins.secure, sameSite: 'Strict' } as const;
  }
}
