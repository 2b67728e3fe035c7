import { once } from 'node:events';
import { connect } from 'node:net';
import { type Logger, silentLogger } from '@pomelo-ts/common';
import { describe, expect, it } from 'vitest';
import { RawClient } from '../../../../test/helpers/raw-client.js';
import { type RunningGame, startGame } from '../running-game.js';
import { Balancer } from './balancer.js';

const line = 'PROXY TCP4 203.0.113.7 10.0.0.5 4711 3010\r\n';
const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const binary = Buffer.concat([
  signature,
  Buffer.from([0x21, 0x21, 0, 36 + 7]),
  Buffer.from('20010db8000000000000000000000007', 'hex'),
  Buffer.alloc(16),
  Buffer.from([0x12, 0x67, 0x0b, 0xc2, 0x03, 0, 4, 1, 2, 3, 4]),
]);

function recordingLogger() {
  const warnings: string[] = [];
  const logger: Logger = { ...silentLogger, warn: (text) => void warnings.push(text), child: () => logger };
  return { warnings, logger };
}

function game(client: object, logger = recordingLogger()): Promise<RunningGame> {
  return startGame(
    {
      servers: { connector: [{ id: 'connector-1', frontend: true }] },
      app: () => {},
      handlers: {
        connector: {
          entryHandler: () => ({
            where: (_msg: unknown, session: { remoteAddress: string }) => ({ at: session.remoteAddress }),
          }),
        },
      },
      settings: { client: { dictionary: false, ...client } },
    },
    { logger: logger.logger },
  );
}

const trusting = { trustedProxies: ['127.0.0.1'], proxyProtocol: true };
const where = (client: RawClient) => client.request('connector.entryHandler.where', {});

describe.each(['ws', 'tcp'] as const)('a client over %s behind a load balancer of TCP', (transport) => {
  it.each([
    ['of version 1', Buffer.from(line), '203.0.113.7'],
    ['of version 2', binary, '2001:db8::7'],
  ])('has the address that a header %s tells, however it is cut', async (_, header, address) => {
    await using running = await game(trusting);
    for (const pieces of [1000, 7, 1]) {
      await using balancer = await Balancer.before(running.port('connector-1'), header, { pieces });
      await using client = await RawClient.join(balancer.port, { transport });
      expect(await where(client)).toEqual({ at: address });
    }
  });

  it('has that of the balancer when this tells of nobody', async () => {
    await using running = await game(trusting);
    for (const header of ['PROXY UNKNOWN\r\n', '']) {
      await using balancer = await Balancer.before(running.port('connector-1'), header);
      await using client = await RawClient.join(balancer.port, { transport });
      expect(await where(client)).toEqual({ at: '127.0.0.1' });
    }
  });

  it('has places and limits of its own address, and not of the balancer’s', async () => {
    await using running = await game({ ...trusting, maxConnectionsPerAddress: 1 });
    const port = running.port('connector-1');
    await using one = await Balancer.before(port, line);
    await using other = await Balancer.before(port, line.replace('113.7', '113.8'));
    await using _first = await RawClient.join(one.port, { transport });
    await using _second = await RawClient.join(other.port, { transport });
    await expect(RawClient.join(one.port, { transport })).rejects.toThrow();
    expect(running.count('connector-1', 'client.refused.address')).toBe(1);
  });

  it('is closed, and told of once, when the header cannot be read', async () => {
    const log = recordingLogger();
    await using running = await game(trusting, log);
    await using balancer = await Balancer.before(running.port('connector-1'), 'PROXY TCP4 nobody\r\n');
    for (let n = 0; n < 3; n++) await expect(RawClient.join(balancer.port, { transport })).rejects.toThrow();
    expect(running.count('connector-1', 'client.faults.proxyHeader')).toBe(3);
    expect(log.warnings.filter((message) => message.includes('PROXY header'))).toEqual([
      '127.0.0.1, which client.trustedProxies names, sent a PROXY header that cannot be read (client.proxyProtocol), and its connection was closed',
    ]);
  });

  it('is not believed, and told of once, when nobody has named the one who says so', async () => {
    for (const [client, from] of [
      [trusting, '127.0.0.9'],
      [{ trustedProxies: ['127.0.0.1'] }, '127.0.0.1'],
    ] as const) {
      const log = recordingLogger();
      await using running = await game(client, log);
      await using balancer = await Balancer.before(running.port('connector-1'), line, { from });
      for (let n = 0; n < 3; n++)
        await expect(RawClient.join(balancer.port, { transport })).rejects.toThrow();
      expect(log.warnings.filter((message) => message.includes('PROXY header'))).toEqual([
        `${from} sends a PROXY header, which is not expected of it: is that your load balancer? Then name it in client.trustedProxies, and set client.proxyProtocol to true`,
      ]);
    }
  });
});

it('what a trusted load balancer’s HTTP proxies report goes on from the address that it tells', async () => {
  await using running = await game({ ...trusting, trustedProxies: ['127.0.0.1', '203.0.113.7'] });
  await using balancer = await Balancer.before(running.port('connector-1'), line);
  const headers = { 'x-forwarded-for': '198.51.100.4' };
  await using client = await RawClient.join(balancer.port, { headers });
  expect(await where(client)).toEqual({ at: '198.51.100.4' });
});

it('a header that never ends costs no more than its time', async () => {
  await using running = await game({ ...trusting, handshakeTimeout: '1s' });
  const socket = connect(running.port('connector-1'), '127.0.0.1');
  socket.write('PROXY TCP4 203.0.113.7');
  await once(socket, 'close');
  expect(running.count('connector-1', 'client.neverHandshook')).toBe(1);
});
