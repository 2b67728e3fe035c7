import { join } from 'node:path';
import { defineApp, type Session, serialFilter } from '@pomelo-ts/core';

/** Everything of a room is on one server of each type: the one its name leads to. */
const byRoom = {
  by: 'hash',
  // Remotes are called with the room's name; requests of clients come with their session.
  key: (param: unknown) => (typeof param === 'string' ? param : (param as Session).get('rid')),
} as const;

/** Runs once in each server process, before anything of it starts. */
export default defineApp(async (app) => {
  app.route('chat', byRoom);
  // #region arena
  app.route('arena', byRoom);
  // #endregion arena

  // A player's requests are done one after the other, so that lines of chat keep their order.
  app.configure('chat|connector', () => app.filter(serialFilter()));

  if (app.env === 'development' && app.serverType === 'gate') {
    const { servePage } = await import('./app/page.js');
    app.http(servePage(join(app.appDir, 'web')));
  }
});
