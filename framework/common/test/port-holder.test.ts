import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { freePort } from '../../../test/helpers/free-port.js';
import { handedOutPorts } from '../src/handed-out-ports.js';
import { connectionHolder, placesOf, portHolder, showPortHolder } from '../src/port-holder.js';

it.each(['127.0.0.1', '::1', '0.0.0.0'])('names the process that listens at %s', async (host) => {
  const port = await freePort(); // none that the system gives to a connection meanwhile
  const server = createServer().listen(port, host);
  await once(server, 'listening');
  expect(portHolder(port)).toMatchObject({ pid: process.pid });
  expect(placesOf(process.pid)).toContainEqual({ host: host === '::1' ? '0:0:0:0:0:0:0:1' : host, port });
  expect(showPortHolder(port)).toBe(` by ${basename(process.execPath)} (pid ${process.pid})`);
  server.close();
  await once(server, 'close');
  expect(portHolder(port)).toBeUndefined();
  expect(placesOf(process.pid).filter((place) => place.port === port)).toEqual([]);
  expect(showPortHolder(port)).toBe('');
});

it('names the process whose outgoing connection has a port, and what keeps it from that', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(client, 'connect');
  const port = client.localPort!;
  const self = { pid: process.pid, name: basename(process.execPath) };
  expect([portHolder(port), connectionHolder(port)]).toEqual([undefined, self]);
  const other = createServer();
  other.listen(port, '127.0.0.1');
  const [error] = (await once(other, 'error')) as [NodeJS.ErrnoException];
  expect(error.code).toBe('EADDRINUSE');
  expect(showPortHolder(port)).toMatch(
    new RegExp(
      `^ by an outgoing connection of \\S+ \\(pid ${process.pid}\\), as the system gives these .* sysctl -w net\\.ipv4\\.ip_local_reserved_ports=${port} keeps`,
    ),
  );
  client.destroy();
  server.close();
  await once(server, 'close');
});

it('knows the ports that the system hands out, without those that are reserved', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ports-'));
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  expect(handedOutPorts(folder)).toBeUndefined();
  write('ip_local_port_range', '32768\t60999\n');
  write('ip_local_reserved_ports', '40050-40059,50000\n');
  const ports = handedOutPorts(folder)!;
  expect([ports.lowest, ports.highest]).toEqual([32_768, 60_999]);
  const told = [32_767, 32_768, 40_049, 40_050, 40_059, 40_060, 50_000, 60_999, 61_000].map(ports.includes);
  expect(told).toEqual([false, true, true, false, false, true, false, true, false]);
  write('ip_local_reserved_ports', '\n');
  expect(handedOutPorts(folder)!.includes(40_050)).toBe(true);
  rmSync(folder, { recursive: true });
});
