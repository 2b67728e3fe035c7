import type { BackendSession } from './backend-session.js';

/**
 * Room for the sessions of one frontend, in bytes of their snapshots and so many more for each, and for each that has moved on and is
 * found by it still: 1,048,576 sessions that keep nothing, more than a frontend can have sockets for. Beyond it is one that tells of
 * clients which it does not have.
 */
export const sessionRoom = { bytes: 256 * 1024 * 1024, each: 256 } as const;

/**
 * The sessions that one life of a frontend has told this backend of, by their numbers there. Each is here, or was, and is somewhere else
 * now: then it is found by one number still, until the frontend has said that it has moved on, as what was forwarded before comes late.
 */
export class FrontendLife {
  readonly frontendId: string;
  readonly bootId: string;
  readonly sessions = new Map<number, BackendSession>();
  /** What its sessions count of the room that it has: those that are here, are on their way from here, or are found by it still. */
  bytes = 0;
  /** Whether it was told that there is no room for more. */
  full = false;

  constructor(frontendId: string, bootId: string) {
    this.frontendId = frontendId;
    this.bootId = bootId;
  }

  /** Whether the session is here, and has not moved on. */
  holds(session: BackendSession): boolean {
    return session.bootId === this.bootId && session.frontendId === this.frontendId;
  }

  /** The session is here from now on, by this number, and counts so many bytes. */
  put(session: BackendSession, number: number, bytes: number): void {
    this.dropLate(session);
    session.moveTo(this, number);
    session.leaveRoom();
    session.room = this;
    session.count(bytes);
    this.sessions.set(number, session);
  }

  /** The session is somewhere else, and is found by this number, and by no other one any more. */
  putLate(session: BackendSession, number: number): void {
    this.dropLate(session);
    session.late ??= new Map();
    session.late.set(this, number);
    this.bytes += sessionRoom.each;
    this.sessions.set(number, session);
  }

  /** The session is found here no more, if it is somewhere else. */
  dropLate(session: BackendSession): void {
    const number = session.late?.get(this);
    if (number === undefined) return;
    session.late!.delete(this);
    this.bytes -= sessionRoom.each;
    this.sessions.delete(number);
  }
}
