import type { Uid } from '../session-names.js';

/** What happens when a uid is bound to a second session. */
export type PerUidPolicy = 'many' | 'replace' | 'refuse';

/** A uid that was granted to a session. */
export interface UidGrant {
  /** When, in ms since 1970. */
  readonly boundAt: number;
  /** Server id of the frontend that keeps the uid's entry; empty when that could not be asked. */
  readonly homeId: string;
}

/** Who knows which sessions in the cluster have which uid. */
export interface UidRegistrar {
  /** A session has a uid that many may have; resolves once others find it there. */
  bound(uid: Uid, sessionId: string, boundAt: number): Promise<void>;
  /** Asks for a uid that one may have; undefined when another session has it. Under `replace` the others are told that they have lost it. */
  claim(uid: Uid, sessionId: string): Promise<UidGrant | undefined>;
  /** To be called once for each grant, with whether the session has taken the uid. */
  granted(uid: Uid, sessionId: string, grant: UidGrant, used: boolean): void;
  /** A session that was bound at that time has the uid no more. */
  unbound(uid: Uid, sessionId: string, boundAt: number): void;
}
