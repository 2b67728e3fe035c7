import { expect, it } from 'vitest';
import { loadClusterConfig } from '../../src/config.js';
import { gameOf } from './game-folder.js';

function load(admin: object) {
  using game = gameOf(
    { chat: [{ id: 'chat-1', port: 6050 }] },
    { 'config/master.json5': { admin: { port: 3080, ...admin } } },
  );
  return loadClusterConfig({ root: game.root, env: 'development' }).master.admin?.listen;
}

it('an admin is for its own machine, unless its page is encrypted or behind a proxy that does that', () => {
  expect(load({})).toBe('127.0.0.1');
  for (const listen of ['127.0.0.2', '::1']) expect(load({ listen })).toBe(listen);
  for (const listen of ['0.0.0.0', '::', '10.0.0.2', 'localhost'])
    expect(() => load({ listen }), listen).toThrow(
      /admin\.listen.*an address of this machine alone, such as "127\.0\.0\.1", or tls or behindProxy beside it/s,
    );
  const proxied = { behindProxy: true, origins: ['https://admin.example.org'] };
  expect(load({ listen: '10.0.0.2', ...proxied })).toBe('10.0.0.2');
  expect(load({ listen: '10.0.0.2', tls: { cert: 'a.pem', key: 'a.key' } })).toBe('10.0.0.2');
});
