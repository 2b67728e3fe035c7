/** Kinds of raw RPC frames between game servers. Numbers are big-endian; the layouts are in the files named. */
export const frameKind = {
  /** Frontend to backend: a client's message. forward/forward-frame.ts */
  forward: 1,
  /** Frontend to backend: a session has ended. forward/forward-frame.ts */
  sessionClosed: 2,
  /** Owner to frontend: a member joins a channel. channel/push-frame.ts */
  channelAdd: 3,
  /** Owner to frontend: a member leaves a channel. */
  channelLeave: 4,
  /** Owner to frontend: a channel is gone. */
  channelDrop: 5,
  /** Owner to frontend: a push to a channel's members. */
  channelPush: 6,
  /** Any server to frontend: a push to listed members. */
  listPush: 7,
  /** Any server to frontend: a push to all sessions. */
  broadcast: 8,
  /** Frontend to owner: a member's session has ended. */
  memberLeft: 9,
  /** Frontend to backend: the sessions that live, after a broken connection. forward/forward-frame.ts */
  sessionsAlive: 10,
  /** Frontend to backend: a session has moved on to another frontend. forward/forward-frame.ts */
  sessionMoved: 11,
  /** Frontend to backend: a session has come from another frontend. forward/forward-frame.ts */
  sessionTaken: 12,
  /** Frontend to owner: a member is on another frontend now. channel/push-frame.ts */
  memberMoved: 13,
} as const;
