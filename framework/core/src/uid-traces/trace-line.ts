/** What happened to a traced user. */
export type TraceKind =
  /** A request has come to its frontend, and was answered; a notify has none. */
  | 'request'
  | 'notify'
  | 'answer'
  /** A backend has answered its frontend. */
  | 'work'
  | 'push'
  | 'dropped'
  /** In and out of a channel. */
  | 'join'
  | 'leave'
  /** A session got the uid, lost it, has ended, has come from another frontend or gone to one. */
  | 'bound'
  | 'unbound'
  | 'ended'
  | 'came'
  | 'moved';

/** One thing that happened to a traced user on one server. */
export interface TraceLine {
  /** In ms since 1970. */
  readonly at: number;
  readonly kind: TraceKind;
  /** Route, channel or reason. */
  readonly what: string;
  readonly session?: string;
  /** Code of the answer, or the class of it. */
  readonly code?: string;
  /** How long it took. */
  readonly ms?: number;
  readonly bytes?: number;
}
