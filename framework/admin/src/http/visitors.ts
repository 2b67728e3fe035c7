import { PomeloError } from '@pomelo-ts/common';
import type { Accounts, Visitor } from '@pomelo-ts/master';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { AdminContext } from './node-env.js';
import type { Origins } from './origins.js';

/** Who asks: by a key, or by the cookie of a session. */
export class Visitors {
  readonly #origins: Origins;

  constructor(origins: Origins) {
    this.#origins = origins;
  }

  /** @throws NOT_SIGNED_IN, KEY_REFUSED, KEY_RATE */
  require(context: AdminContext, accounts: Accounts): Visitor {
    const authorization = context.req.header('authorization');
    if (authorization !== undefined) {
      const from = this.#origins.addressOf(context.env.incoming);
      return accounts.keyHolder(authorization.replace(/^Bearer +/i, ''), from);
    }
    const token = getCookie(context, this.#name);
    const visitor = token === undefined ? undefined : accounts.visitorOf(token);
    if (!visitor) throw new PomeloError('NOT_SIGNED_IN', {});
    return visitor;
  }

  /** Has the browser keep a session. A name that begins with `__Host-` is taken by HTTPS alone, for this host alone. */
  keep(context: AdminContext, token: string): void {
    setCookie(context, this.#name, token, this.#how);
  }

  forget(context: AdminContext): void {
    deleteCookie(context, this.#name, this.#how);
  }

  get #name(): string {
    return this.#origins.secure ? '__Host-pomelo-admin' : 'pomelo-admin';
  }

  get #how() {
    return { path: '/', httpOnly: true, secure: this.#origins.secure, sameSite: 'Strict' } as const;
  }
}
