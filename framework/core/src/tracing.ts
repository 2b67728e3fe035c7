import type { Logger } from '@pomelo-ts/common';
import type { CodeClass } from '@pomelo-ts/common/internal';
import type { PeerEntry, TraceParent } from '@pomelo-ts/rpc';
import type { CoreMeasures } from './measures.js';

/** What the frame of a call, or of a forwarded message, tells of its trace; nothing when it comes from a server that does not trace. */
export type ToldTrace = TraceParent | 'unsampled' | undefined;

/** Ends a piece of work, the first time that it is called; `error` is what it failed with, or has its `code`. */
export type EndOfWork = (codeClass: CodeClass, error?: unknown) => void;

/** Whose request it is. */
export interface TracedSession {
  readonly id: string;
  readonly uid?: string | number | undefined;
}

/** Work for somebody, as a span of a trace. */
export interface WorkTrace {
  /** Whose it is, where that is known only now. */
  of(session: TracedSession): void;
  /** Runs `work`, and all that it begins, as a part of the span. */
  run<T>(work: () => T): T;
  readonly end: EndOfWork;
}

/** A request of a client on its frontend, from its arrival until its answer. */
export interface RequestTrace extends WorkTrace {
  /** It is forwarded to `peer`, until it ends; gives what that is told of the trace. */
  forward(peer: PeerEntry): TraceParent | undefined;
}

/** What a push went to. */
export interface PushCounts {
  readonly frontends: number;
  /** Frontends that it could not be sent to. */
  readonly failed: number;
  /** Uids and sessions that it was for, where the sender knows them. */
  readonly members?: number;
  /** Clients that took it, where frontends were asked. */
  readonly delivered?: number;
}

/** Where a push goes: to a channel, to listed members, or to all clients of a type of frontends. */
export type PushTarget =
  | { readonly kind: 'channel'; readonly name: string }
  | { readonly kind: 'list' }
  | { readonly kind: 'all'; readonly name: string };

/** What of the server that it is for is there only later. */
export interface TracedServer {
  readonly counters: CoreMeasures;
  /** Another server, as it is called. */
  peer(id: string): PeerEntry | undefined;
}

/** Makes spans of what a server does, where the game has switched that on. Nothing here throws, whatever the game's SDK does. */
export interface Tracing {
  /** Before anything else is asked of it but {@link logger}. */
  attach(server: TracedServer): void;
  /** A client's request has come. `known` unless its route may be one that the client has invented. */
  request(session: TracedSession, route: string, known: boolean): RequestTrace | undefined;
  /** A frontend has forwarded a message. */
  handle(told: ToldTrace, route: string, known: boolean, frontendId: string): WorkTrace | undefined;
  /** Another server calls a remote: runs `work` as a part of that call, and gives what it gives. */
  remote(told: ToldTrace, method: string, callerId: string, work: () => unknown): unknown;
  /** Calls a remote by `ask`, which is given what the frame is to tell. */
  call(
    method: string,
    serverId: string,
    ask: (trace: TraceParent | undefined) => Promise<unknown>,
  ): Promise<unknown>;
  /** As {@link call}, for one that wants no answer. */
  notify(method: string, serverId: string, tell: (trace: TraceParent | undefined) => void): void;
  /** A push begins; gives what ends it. Undefined when it is no part of a trace that is recorded. */
  push(route: string, target: PushTarget): ((counts: PushCounts) => void) | undefined;
  /** A logger whose lines tell of the trace and the session that they are a part of. */
  logger(inner: Logger): Logger;
  /** Says so when the game has registered no SDK by now. */
  check(): void;
  /** Ends what is still open. */
  close(): void;
}
