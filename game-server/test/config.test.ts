import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadClusterConfig } from '@pomelo-ts/cluster/config';
import JSON5 from 'json5';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

test.each(['development', 'production'])(
  'the configuration of %s stands on the ports of the chat demo',
  (env) => {
    const { master, servers } = loadClusterConfig({ root, env });
    const portsOf = (type: string, key: 'port' | 'clientPort') =>
      servers.filter((server) => server.type === type).map((server) => server[key]);
    expect(master.port).toBe(3005);
    expect(portsOf('gate', 'clientPort')).toEqual([3014]);
    expect(portsOf('gate', 'port')).toEqual([undefined]);
    expect(portsOf('connector', 'clientPort')).toEqual([3050, 3051]);
    expect(portsOf('connector', 'port')).toEqual([4050, 4051]);
    expect(portsOf('chat', 'port')).toEqual([6050, 6051]);
    expect(portsOf('arena', 'port')).toEqual([6150, 6151]);
  },
);

test('fields of its own reach the arena as numbers', () => {
  const { servers } = loadClusterConfig({ root, env: 'development' });
  expect(servers.find(({ type }) => type === 'arena')).toMatchObject({ roundSeconds: 120, breakSeconds: 8 });
});

test('every push with a schema is in the dictionary', () => {
  const read = (name: string) => JSON5.parse(readFileSync(`${root}/config/${name}.json5`, 'utf8'));
  const { $schema: _, ...protos } = read('serverProtos');
  expect(read('dictionary')).toEqual(expect.arrayContaining(Object.keys(protos)));
});
