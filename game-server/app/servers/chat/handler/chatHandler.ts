import type { Application, Session } from '@pomelo-ts/core';
import { openChatRoom } from '../../../chat-rooms.js';
import { type ChatLine, type ChatPush, type Refusal, refusal } from '../../../contract.js';
import { nameOf, uidOf } from '../../../names.js';

const longestMessage = 500;

/** Carries what players say to each other. */
export default class ChatHandler {
  readonly #app: Application;

  constructor(app: Application) {
    this.#app = app;
  }

  /**
   * Says something: to everybody in the room, or to one.
   * @proto none
   */
  send(msg: ChatLine, session: Session): Refusal | { code: 200 } {
    const { uid } = session;
    const rid = session.get<string>('rid');
    if (typeof uid !== 'string' || rid === undefined) return refusal(403, 'enter a room first');
    // A client may send anything.
    const { content, target = '*' }: { content?: unknown; target?: unknown } = msg;
    if (typeof content !== 'string' || content.trim() === '') return refusal(400, 'there is nothing to say');
    if (content.length > longestMessage)
      return refusal(400, `a message has at most ${longestMessage} characters`);
    if (typeof target !== 'string') return refusal(400, 'target is * or a name');
    const room = openChatRoom(this.#app, rid);
    // A chat server that has taken over a room learns who is in it from what they say.
    if (!room.has(uid)) room.add(session);
    const push: ChatPush = { msg: content, from: nameOf(uid), target };
    if (target === '*') room.push('onChat', push);
    else {
      const targetUid = uidOf(target, rid);
      const member = room.members.find((one) => one.uid === targetUid);
      if (!member) return refusal(404, `there is nobody called ${target} in this room`);
      this.#app.channels.push('onChat', push, [{ uid: targetUid, frontendId: member.frontendId }]);
    }
    return { code: 200 };
  }
}
