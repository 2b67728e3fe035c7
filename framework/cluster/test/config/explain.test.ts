import { describe, expect, it } from 'vitest';
import { explainConfig } from '../../src/config.js';
import { gameOf } from './game-folder.js';

describe('explaining the configuration', () => {
  it('tells for every value the file and place, or that it is the default', () => {
    using game = gameOf(
      { gate: [{ id: 'gate-1', clientPort: 3014, frontend: true, 'max-connections': 9, area: 2 }] },
      { 'config/settings.json5': '{ development: { client: { heartbeat: "10s" } } }' },
    );
    const values = explainConfig({ root: game.root, env: 'development' });
    const rows = values.map(({ path, value, from }) => `${path} = ${JSON.stringify(value)} (${from})`);
    expect(rows).toEqual(
      expect.arrayContaining([
        'master.port = 3005 (default)',
        'settings.client.heartbeat = "10s" (config/settings.json5 development.client.heartbeat)',
        'settings.client.heartbeatTimeout = "20s" (default)',
        'settings.client.origins = "any" (default)',
        'settings.client.sendQueue.policy = "close" (default)',
        'servers.gate-1.clientPort = 3014 (config/servers.json development.gate[0].clientPort)',
        'servers.gate-1.max-connections = 9 (config/servers.json development.gate[0].max-connections)',
        'servers.gate-1.area = 2 (config/servers.json development.gate[0].area)',
        'servers.gate-1.clientHost = "127.0.0.1" (default)',
      ]),
    );
    expect(rows.filter((row) => row.startsWith('settings.client.maxConnections'))).toEqual([]);
  });
});
