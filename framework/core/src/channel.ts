import type { PushBody, PushRoute } from './channel/pushes.js';
import type { Session } from './session.js';
import type { Uid } from './session-names.js';

/** Somebody in a channel: all sessions of a uid on one frontend, or one session that has no uid. */
export interface ChannelMember {
  /** Server id of the frontend that holds the connection. */
  readonly frontendId: string;
  readonly uid?: Uid;
  /** Only for a member without a uid. */
  readonly sessionId?: string;
}

/** Names a member: a session, or a uid with the frontend it is on. */
export type MemberLike = Session | { readonly uid: Uid; readonly frontendId: string };

/** Settings of one push. */
export interface PushOptions {
  /** Uids that do not get it. */
  readonly except?: readonly Uid[];
}

/** What came of a push. */
export interface Delivery {
  /** Connections whose send queue took it. */
  readonly delivered: number;
  /** Server ids of the frontends that could not be reached. */
  readonly failed: readonly string[];
}

/** A named set of members that get the same pushes. It belongs to the server that created it. */
export interface Channel {
  readonly name: string;
  /** How many members it has. */
  readonly size: number;
  readonly members: readonly ChannelMember[];
  /** Whether any member has the uid. */
  has(uid: Uid): boolean;
  /**
   * Adds a member; it leaves by itself when its last session ends. False when it is in already. A session is a member by
   * its uid, if it has one by then.
   */
  add(member: MemberLike): boolean;
  /** Takes a member out; false when it is not in. */
  leave(member: MemberLike): boolean;
  /** Sends `msg` to all members: encoded once, one small frame for each frontend. */
  push<Route extends PushRoute>(route: Route, msg: PushBody<Route>, options?: PushOptions): void;
  /** As {@link push}, and tells what came of it. */
  deliver<Route extends PushRoute>(
    route: Route,
    msg: PushBody<Route>,
    options?: PushOptions,
  ): Promise<Delivery>;
  /** Calls `listener` after each member that left, by {@link leave} or because its session ended. */
  onLeave(listener: (member: ChannelMember, reason: 'left' | 'ended') => void): void;
  /** Takes everybody out; a channel that was destroyed throws CHANNEL_DESTROYED when used. */
  destroy(): void;
}
