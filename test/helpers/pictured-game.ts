import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What the game of pictures has beside that of other tests: crons, and calls from one server to another. */
const more: Readonly<Record<string, string>> = {
  'config/crons.json': JSON.stringify({
    chat: [
      { id: 'sweep', time: '*/5 * * * * *', action: 'tableCron.sweep' },
      {
        id: 'season',
        time: '0 0 4 1 * *',
        action: 'tableCron.season',
        timezone: 'Asia/Shanghai',
        once: 'cluster',
      },
    ],
  }),
  'app/servers/chat/cron/tableCron.js': 'export default () => ({ sweep: () => {}, season: () => {} });',
  'app/servers/chat/remote/tableRemote.js': `export default () => ({
    seat: async (uid) => ({ uid, seat: 3 }),
    close: async () => { throw new Error('the table is not empty'); },
  });`,
  'app/servers/connector/handler/tableHandler.js': `export default (app) => ({
    sit: async (_, session) => ({ code: 200, ...(await app.rpc.chat.tableRemote.seat(session.uid)) }),
    leave: async () => app.rpc.chat.tableRemote.close(),
  });`,
};

/** Puts it into the folder of a game. */
export function writePictured(root: string): void {
  for (const [file, text] of Object.entries(more)) {
    mkdirSync(join(root, dirname(file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
}
