import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type GameOptions, TestGame } from './cluster-process.js';

/** Plays {@link addressGame} in a process of its own. */
export const sdkPlayer = fileURLToPath(new URL('sdk-player.mjs', import.meta.url));

/** Routes of {@link addressGame}: who answers on the connector, which saw a client at which address, and on a backend. */
export const addressRoutes = ['connector.whereHandler.look', 'chat.whereHandler.look'] as const;

const handler = `export default class {
  constructor(app) { this.app = app; }
  look(_msg, session) { return { at: this.app.serverId, address: session.remoteAddress }; }
}
`;

/** A game with the framework's own servers whose handlers tell where they are and from which address their client comes. */
export async function addressGame(
  servers: Readonly<Record<string, readonly object[]>>,
  options: GameOptions = {},
): Promise<TestGame> {
  const game = await TestGame.make(servers, { ownBoot: true, ...options });
  game.write('package.json', { type: 'module' });
  writeFileSync(join(game.root, 'app.js'), 'export default { setUp() {} };\n');
  for (const type of ['connector', 'chat']) {
    const folder = join(game.root, 'app/servers', type, 'handler');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'whereHandler.js'), handler);
  }
  return game;
}
