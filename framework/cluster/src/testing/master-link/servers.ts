import { settingsSchema } from '../../config/settings-schema.js';
import type { ServerEntry, ServerSettings } from '../../settings-types.js';

/** The game of the contract: two servers that play and one that clients connect to. */
export const contractServers = ['chat-1', 'chat-2', 'connector-1'] as const;

const plain = {
  host: '127.0.0.1',
  weight: 1,
  args: [],
  autoRestart: false,
  restartForce: false,
} as const;

const ofClients = { frontend: true, port: 4001, clientHost: 'play.test', clientPort: 3001 } as const;

/** What the master tells a server of that game. */
export function serverSettingsOf(id: string, more: Partial<ServerEntry> = {}): ServerSettings {
  const [type = '', number] = id.split('-');
  const own = type === 'connector' ? ofClients : { frontend: false, port: 6000 + Number(number) };
  return {
    server: { ...plain, ...own, id, type, ...more },
    env: 'development',
    root: '/game',
    appDir: '/game/dist',
    settings: settingsSchema('development').parse({}),
    crons: [],
    dictionary: ['onChat'],
    clientProtos: null,
    serverProtos: null,
    mode: 'process',
  };
}
