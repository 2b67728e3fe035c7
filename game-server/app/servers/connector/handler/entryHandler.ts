import type { Application, Session } from '@pomelo-ts/core';
import { type EnterAnswer, type Entry, type Refusal, refusal } from '../../../contract.js';
import { type EntryDesk, entryDesk } from '../../../entry-desk.js';
import { problemOfName, problemOfRoom, roomOf, uidOf } from '../../../names.js';

const taken = (name: string) => refusal(500, `somebody called ${name} is in that room already`);

/** Lets players into a room. */
export default class EntryHandler {
  readonly #app: Application;
  readonly #desk: EntryDesk;

  constructor(app: Application) {
    this.#app = app;
    this.#desk = app.shared(entryDesk);
    const unfollow = app.registry.onChange((change) => {
      const [entry] = Object.values(change);
      if (entry?.type === 'chat') this.#moveRooms();
    });
    app.onStop(unfollow); // also when a reload brings the next handler, which follows by itself
  }

  /**
   * Enters a room, of which the answer has the names. A connection enters one room, once.
   * @proto none
   */
  async enter(msg: Entry, session: Session): Promise<EnterAnswer | Refusal> {
    const { username: name, rid: room } = msg;
    const problem = problemOfName(name) ?? problemOfRoom(room);
    if (problem) return refusal(400, problem);
    if (session.uid !== undefined) return refusal(500, 'this connection is in a room already');
    const uid = uidOf(name, room);
    if (!this.#desk.claim(uid, session)) return taken(name);
    session.onClosed(() => this.#desk.release(session));
    try {
      const users = await this.#join(session, uid, room);
      if (users) {
        if (!session.closed) this.#desk.letIn(uid);
        return { users };
      }
    } catch (error) {
      await this.#giveBack(session);
      throw error;
    }
    await this.#giveBack(session);
    return taken(name);
  }

  /**
   * Bound before it joins: the chat server's channel knows members by uid, and takes one out that nobody is bound to — so a
   * player who has gone in the meantime leaves the room by itself. Null when somebody on another connector has the name.
   */
  async #join(session: Session, uid: string, room: string): Promise<readonly string[] | null> {
    await session.bind(uid);
    session.set('rid', room);
    await session.push('rid');
    return this.#app.rpc.chat.chatRemote.add(room, room, uid, session.frontendId);
  }

  /** Which chat server a room belongs to changes when one goes or comes: the room's server then learns who is in it, and the one before forgets it. */
  #moveRooms(): void {
    if (this.#app.registry.ofType('chat').length === 0) return;
    const { chatRemote } = this.#app.rpc.chat;
    const rooms = new Set<string>();
    for (const uid of this.#desk.inRooms) {
      const room = roomOf(uid);
      rooms.add(room);
      chatRemote.takeOver.notify(room, room, uid, this.#app.serverId);
    }
    for (const room of rooms) void chatRemote.giveUp.broadcast(room); // who has it by right keeps it
  }

  async #giveBack(session: Session): Promise<void> {
    this.#desk.release(session);
    if (session.closed) return;
    session.set('rid', undefined);
    await session.unbind();
  }
}
