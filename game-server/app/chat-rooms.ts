import type { Application, Channel } from '@pomelo-ts/core';
import type { UserPush } from './contract.js';
import { nameOf } from './names.js';

/** The chat room of this name, opened when nobody is in it yet. It goes when the last one has left. */
export function openChatRoom(app: Application, name: string): Channel {
  const known = app.channels.get(name);
  if (known) return known;
  const room = app.channels.create(name);
  room.onLeave(({ uid }) => {
    const user = nameOf(String(uid));
    if (room.size === 0) app.channels.destroy(name);
    else room.push('onLeave', { user } satisfies UserPush);
  });
  return room;
}
