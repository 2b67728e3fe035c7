import type { RegistryView } from '@pomelo-ts/cluster';
import { PomeloError } from '@pomelo-ts/common';
import type { RpcNode } from '@pomelo-ts/rpc';
import type { ServiceMethod } from '../dispatch/app-modules.js';
import type { Session, SessionSnapshot, Uid } from '../session.js';
import type { FrontendSession } from './frontend-session.js';
import type { OtherFrontends, SessionTable } from './session-table.js';
import { checkUid } from './uid.js';

/** Sessions by uid, wherever in the cluster they are. */
export class SessionService implements OtherFrontends {
  readonly #node: RpcNode;
  readonly #registry: RegistryView;
  /** This server's own sessions, when it is a frontend. */
  local: SessionTable | undefined;

  constructor(node: RpcNode, registry: RegistryView) {
    this.#node = node;
    this.#registry = registry;
  }

  /** Sessions that this frontend itself holds; 0 on a backend. */
  get localCount(): number {
    return this.local?.size ?? 0;
  }

  /** The sessions of a uid that this frontend itself holds. */
  localOf(uid: Uid): readonly Session[] {
    return [...(this.local?.ofUid(uid)?.sessions ?? [])];
  }

  /** Closes all sessions of a uid on all frontends; gives how many there were on those that could be reached. Rejects with UID_INVALID. */
  async kickUid(uid: Uid, reason = 'kick'): Promise<number> {
    checkUid(uid);
    const here = this.local?.kickUid(uid, reason) ?? 0;
    const counts = await this.#askOthers('sys.session.kickUid', [uid, reason]);
    return counts.reduce<number>((sum, count) => sum + (typeof count === 'number' ? count : 0), here);
  }

  /** @internal asks the sessions of a frontend, this server's own too; see {@link sessionRemotes} */
  ask(frontendId: string, method: string, ...args: unknown[]): Promise<unknown> {
    return this.#node.request(frontendId, method, args);
  }

  /** @internal */
  async anyHolds(uid: Uid): Promise<boolean> {
    return (await this.#askOthers('sys.session.holds', [uid, this.#node.id])).includes(true);
  }

  /** @internal */
  async replace(uid: Uid): Promise<boolean> {
    return (await this.#askOthers('sys.session.replaced', [uid, this.#node.id])).includes(true);
  }

  /** What every other frontend answers; a frontend that is gone has no sessions, so its silence counts as undefined. */
  async #askOthers(method: string, args: readonly unknown[]): Promise<unknown[]> {
    const others = this.#registry.all.filter((entry) => entry.frontend && entry.id !== this.#node.id);
    return Promise.all(others.map(({ id }) => this.#node.request(id, method, args).catch(() => undefined)));
  }
}

/** What backends and other frontends may ask of this frontend's sessions. */
export function sessionRemotes(table: SessionTable): Record<string, ServiceMethod> {
  const find = (sessionId: number): FrontendSession => {
    const session = table.get(sessionId);
    if (!session) throw new PomeloError('SESSION_GONE', { sessionId, frontendId: table.serverId });
    return session;
  };
  return {
    'sys.session.get': (sessionId: number) => factsOf(table.get(sessionId)),
    'sys.session.ofUid': (uid: Uid) => [...(table.ofUid(uid)?.sessions ?? [])].map(factsOf),
    'sys.session.bind': (sessionId: number, uid: Uid) => find(sessionId).bind(uid),
    'sys.session.unbind': (sessionId: number) => find(sessionId).unbind(),
    'sys.session.push': (sessionId: number, settings: Record<string, unknown>) =>
      find(sessionId).merge(settings),
    'sys.session.kick': (sessionId: number, reason: string) => void table.get(sessionId)?.kick(reason),
    'sys.session.kickUid': (uid: Uid, reason: string) => table.kickUid(uid, reason),
    'sys.session.replaced': (uid: Uid, asker: string) => table.replacedBy(uid, asker),
    'sys.session.holds': (uid: Uid, asker: string) => table.holds(uid, asker),
  };
}

/** What another server may know of a session. */
export interface SessionFacts extends SessionSnapshot {
  readonly id: number;
}

function factsOf(session: FrontendSession | undefined): SessionFacts | null {
  return session ? { id: session.id, ...session.snapshot() } : null;
}
