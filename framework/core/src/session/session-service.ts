import type { RegistryView } from '@pomelo-ts/cluster';
import { PomeloError } from '@pomelo-ts/common';
import type { RpcNode } from '@pomelo-ts/rpc';
import type { UidPlace } from '../directory/places.js';
import type { UidDirectory } from '../directory/uid-directory.js';
import type { UidListener } from '../directory/uid-watches.js';
import type { Session, SessionSnapshot } from '../session.js';
import type { Uid } from '../session-names.js';
import type { FrontendSession } from './frontend-session.js';
import type { SessionName } from './session-ids.js';
import type { SessionTable } from './session-table.js';
import { checkUid } from './uid.js';

/** Sessions by uid, wherever in the cluster they are. */
export class SessionService {
  readonly #node: RpcNode;
  readonly #registry: RegistryView;
  readonly #directory: UidDirectory;
  /** This server's own sessions, when it is a frontend. */
  local: SessionTable | undefined;

  constructor(node: RpcNode, registry: RegistryView, directory: UidDirectory) {
    this.#node = node;
    this.#registry = registry;
    this.#directory = directory;
  }

  /** Sessions that this frontend itself holds; 0 on a backend. */
  get localCount(): number {
    return this.local?.size ?? 0;
  }

  /** The sessions of a uid that this frontend itself holds. */
  localOf(uid: Uid): readonly Session[] {
    return [...(this.local?.ofUid(uid)?.sessions ?? [])];
  }

  /**
   * Where the uid's sessions are; none when it is not online. One call, to the frontend that keeps the uid's entry. After a frontend has
   * ended or joined, all is known again within five seconds.
   *
   * @throws UID_INVALID, DIRECTORY_UNREACHABLE
   * @example
   * const [place] = await app.sessions.find('uid-1'); // { frontendId: 'connector-2', sessionId: '2v6yq0c3k8m1d-h', boundAt: 1767225600000 }
   */
  async find(uid: Uid): Promise<readonly UidPlace[]> {
    return (await this.#directory.find([checkUid(uid)])).get(uid) ?? [];
  }

  /** Those of the uids that have a session, in their order. One call for each frontend that keeps some of them. @throws as {@link find} */
  async online(uids: readonly Uid[]): Promise<Uid[]> {
    const found = await this.placesOf(uids);
    return uids.filter((uid) => found.has(uid));
  }

  /** @internal as {@link find}, for many */
  placesOf(uids: readonly Uid[]): Promise<ReadonlyMap<Uid, readonly UidPlace[]>> {
    return this.#directory.find(uids.map(checkUid));
  }

  /** How many uids have a session in the cluster. One call for each frontend; rejects when one of them does not answer. */
  count(): Promise<number> {
    return this.#directory.count();
  }

  /**
   * Calls `listener` with where the uid's sessions are, soon and after each change; the returned function ends that. A change
   * that is lost on the way is seen within seconds.
   *
   * @throws UID_INVALID; WATCHES_FULL beyond 10,000 uids on this server
   * @example
   * const stop = app.sessions.watch('uid-1', (places) => friends.show('uid-1', places.length > 0));
   */
  watch(uid: Uid, listener: UidListener): () => void {
    return this.#directory.watch(checkUid(uid), listener);
  }

  /** Closes all sessions of a uid on all frontends; gives how many there were on those that could be reached. Rejects with UID_INVALID. */
  async kickUid(uid: Uid, reason = 'kick'): Promise<number> {
    checkUid(uid);
    const counts = await Promise.all(
      (await this.#holdersOf(uid)).map((id) =>
        this.ask(id, 'sys.session.kickUid', uid, reason).catch(() => 0),
      ),
    );
    return counts.reduce<number>((sum, count) => sum + Number(count), 0);
  }

  /** @internal asks the sessions of a frontend, this server's own too; see {@link sessionRemotes} */
  ask(frontendId: string, method: string, ...args: unknown[]): Promise<unknown> {
    return this.#node.request(frontendId, method, args);
  }

  /** Frontends with sessions of the uid; all there are where nobody can say. */
  async #holdersOf(uid: Uid): Promise<readonly string[]> {
    try {
      const places = (await this.#directory.find([uid])).get(uid) ?? [];
      return [...new Set(places.map(({ frontendId }) => frontendId))];
    } catch {
      return this.#registry.all.filter(({ frontend }) => frontend).map(({ id }) => id);
    }
  }
}

/** A session's id; an old app only knows its number on the frontend that is asked. */
type SessionKey = string | number;

/** What backends and other frontends may ask of this frontend's sessions. */
export function sessionRemotes(table: SessionTable): Record<string, (...args: never[]) => unknown> {
  const find = (key: SessionKey): FrontendSession => {
    const session = table.get(key);
    if (!session) throw new PomeloError('SESSION_GONE', { sessionId: key, frontendId: table.serverId });
    return session;
  };
  return {
    'sys.session.get': (key: SessionKey) => factsOf(table.get(key)),
    'sys.session.ofUid': (uid: Uid) => [...(table.ofUid(uid)?.sessions ?? [])].map(factsOf),
    'sys.session.bind': (key: SessionKey, uid: Uid) => find(key).bind(uid),
    'sys.session.unbind': (key: SessionKey) => find(key).unbind(),
    'sys.session.push': (key: SessionKey, settings: Record<string, unknown>) => find(key).merge(settings),
    'sys.session.kick': (key: SessionKey, reason: string) => find(key).kick(reason),
    'sys.session.kickUid': (uid: Uid, reason: string) => table.kickUid(uid, reason),
  };
}

/** What another server may know of a session. */
export interface SessionFacts extends SessionSnapshot, SessionName {}

function factsOf(session: FrontendSession | undefined): SessionFacts | null {
  return session ? { id: session.id, number: session.number, ...session.snapshot() } : null;
}
