import { PomeloError } from '@pomelo-ts/common';
import type { PerUidPolicy, UidRegistrar } from '../directory/uid-registrar.js';
import type { Uid } from '../session-names.js';
import type { FrontendSession } from './frontend-session.js';
import { checkUid } from './uid.js';

/** Settings of a {@link UidBinder}. */
export interface BinderOptions {
  readonly policy: PerUidPolicy;
  readonly registrar: UidRegistrar;
  /** The sessions here that have the uid. */
  ofUid(uid: Uid): ReadonlySet<FrontendSession> | undefined;
  /** The session has the uid from now on. */
  add(session: FrontendSession, uid: Uid): void;
}

/** Binds the sessions of a frontend to uids, as the policy says. */
export class UidBinder {
  readonly #options: BinderOptions;
  /** Uids that only one may have, and that a session of this frontend is being bound to. */
  readonly #claimed = new Set<Uid>();
  /** Sessions that are being bound. */
  readonly #binding = new Set<FrontendSession>();

  constructor(options: BinderOptions) {
    this.#options = options;
  }

  /** Whether the session is being bound now. */
  binds(session: FrontendSession): boolean {
    return this.#binding.has(session);
  }

  /** @throws as `Session.bind` */
  async bind(session: FrontendSession, value: Uid): Promise<void> {
    const uid = checkUid(value);
    if (!this.#mayBind(session, uid)) return;
    this.#binding.add(session);
    try {
      await this.#bind(session, uid);
    } finally {
      this.#binding.delete(session);
    }
  }

  async #bind(session: FrontendSession, uid: Uid): Promise<void> {
    const { policy } = this.#options;
    if (policy === 'refuse') await this.#bindOnly(session, uid);
    else if (policy === 'replace') await this.#bindInstead(session, uid);
    else await this.#bindToo(session, uid);
  }

  /** Whether there is something to bind; throws when it must not be. */
  #mayBind(session: FrontendSession, uid: Uid): boolean {
    const { id: sessionId, frontendId } = session;
    if (session.gone) throw new PomeloError('SESSION_GONE', { sessionId, frontendId });
    if (session.uid === uid) return false;
    if (session.uid !== undefined) throw new PomeloError('SESSION_BOUND', { sessionId, uid: session.uid });
    return true;
  }

  /** Binds the session whoever else has the uid. */
  async #bindToo(session: FrontendSession, uid: Uid): Promise<void> {
    const { add, registrar } = this.#options;
    session.boundAt = Date.now();
    add(session, uid);
    await registrar.bound(uid, session.id, session.boundAt);
  }

  /** Binds the session when no other one in the cluster has the uid. */
  async #bindOnly(session: FrontendSession, uid: Uid): Promise<void> {
    if (this.#options.ofUid(uid) || this.#claimed.has(uid)) throw new PomeloError('SESSION_TAKEN', { uid });
    this.#claimed.add(uid);
    try {
      const { registrar, add } = this.#options;
      const grant = await registrar.claim(uid, session.id);
      if (!grant) throw new PomeloError('SESSION_TAKEN', { uid });
      const used = !session.gone && session.uid === undefined;
      if (used) {
        session.boundAt = grant.boundAt;
        add(session, uid);
      }
      registrar.granted(uid, session.id, grant, used);
      if (!used) this.#mayBind(session, uid); // says why
    } finally {
      this.#claimed.delete(uid);
    }
  }

  /** Binds the session and closes all others of the uid in the cluster. */
  async #bindInstead(session: FrontendSession, uid: Uid): Promise<void> {
    const { add, ofUid, registrar } = this.#options;
    for (const other of [...(ofUid(uid) ?? [])]) if (other !== session) other.link.kick('replaced');
    add(session, uid);
    const grant = await registrar.claim(uid, session.id);
    const used = !session.gone && session.uid === uid;
    if (grant && used) session.boundAt = grant.boundAt;
    if (grant) registrar.granted(uid, session.id, grant, used);
    if (session.closed) throw new PomeloError('SESSION_TAKEN', { uid });
  }
}
