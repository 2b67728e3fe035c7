import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { basename } from 'node:path';
import { expect, it } from 'vitest';
import { placesOf, portHolder, showPortHolder } from '../src/port-holder.js';

it.each(['127.0.0.1', '::1', '0.0.0.0'])('names the process that listens at %s', async (host) => {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  expect(portHolder(port)).toMatchObject({ pid: process.pid });
  expect(placesOf(process.pid)).toContainEqual({ host: host === '::1' ? '0:0:0:0:0:0:0:1' : host, port });
  expect(showPortHolder(port)).toBe(` by ${basename(process.execPath)} (pid ${process.pid})`);
  server.close();
  await once(server, 'close');
  expect(portHolder(port)).toBeUndefined();
  expect(placesOf(process.pid).filter((place) => place.port === port)).toEqual([]);
  expect(showPortHolder(port)).toBe('');
});
