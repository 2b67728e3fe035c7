import type { Application } from '@pomelo-ts/core';
import { openChatRoom } from '../../../chat-rooms.js';
import type { UserPush } from '../../../contract.js';
import { nameOf } from '../../../names.js';

/** What connectors ask of the chat server that a room belongs to. */
export default class ChatRemote {
  readonly #app: Application;

  constructor(app: Application) {
    this.#app = app;
  }

  /**
   * Lets a player into a room and gives the names of all in it; null when the name is taken. The check and the entry are one
   * step: of two players with one name, whichever connector they come from, one gets in.
   */
  add(room: string, uid: string, frontendId: string): string[] | null {
    const channel = openChatRoom(this.#app, room);
    if (channel.has(uid)) return null;
    const user = nameOf(uid);
    channel.push('onAdd', { user } satisfies UserPush);
    channel.add({ uid, frontendId });
    return channel.members.map((member) => nameOf(String(member.uid)));
  }

  /** Takes a player over whose room has come to this server because another one has gone or come. Nobody is told of it. */
  takeOver(room: string, uid: string, frontendId: string): void {
    openChatRoom(this.#app, room).add({ uid, frontendId });
  }

  /** Forgets a room that belongs to another server now, which has taken over who is in it. Nobody is told of it. */
  async giveUp(room: string): Promise<void> {
    if (!this.#app.channels.get(room)) return;
    const owner = await this.#app.rpc.chat.chatRemote.here(room, room);
    if (owner !== this.#app.serverId) this.#app.channels.destroy(room);
  }

  /** The server that is asked when something is asked of this room. */
  here(_room: string): string {
    return this.#app.serverId;
  }

  /** How many players are in a room of this server: `pomelo-ts rpc chat.chatRemote.count '"lobby"'`. */
  count(room: string): number {
    return this.#app.channels.get(room)?.size ?? 0;
  }
}
