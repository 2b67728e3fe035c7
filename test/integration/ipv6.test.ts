import { once } from 'node:events';
import { createServer } from 'node:net';
import { connect } from '@pomelo-ts/client';
import { describe, expect, it } from 'vitest';
import { addressGame, addressRoutes } from '../helpers/address-game.js';
import { freePort } from '../helpers/free-port.js';

/** A game all of whose servers, and whose master, have this host. */
async function gameAt(host: string, connector: object = {}) {
  const [gatePort, ...ports] = await Promise.all(Array.from({ length: 4 }, freePort));
  const game = await addressGame(
    {
      gate: [{ id: 'gate-1', host, clientPort: gatePort, frontend: true }],
      connector: [
        { id: 'connector-1', host, port: ports[0], clientPort: ports[1], frontend: true, ...connector },
      ],
      chat: [{ id: 'chat-1', host, port: ports[2] }],
    },
    { master: { host, port: await freePort() } },
  );
  return { game, gatePort: gatePort!, connectorPort: ports[1]!, chatPort: ports[2]! };
}

/** Goes from gate to connector and backend as a client does. */
async function play(host: string, port: number) {
  const client = await connect({ gate: { host, port, uid: 'ann' } });
  const answers = [];
  for (const route of addressRoutes) answers.push(await client.request(route));
  await client.close();
  return { url: client.url, answers };
}

/** Whether something listens there; found out without being a client. */
async function isFree(host: string, port: number): Promise<boolean> {
  const server = createServer();
  server.listen(port, host);
  const [error] = await Promise.race([
    once(server, 'listening').then(() => [undefined]),
    once(server, 'error'),
  ]).catch((reason: unknown) => [reason]);
  server.close();
  return error === undefined;
}

describe('a game at IPv6 addresses', () => {
  it.each(['::1', '[::1]'])(
    'with host %s is where its start says, for players, the page and the operator',
    async (host) => {
      const { game, gatePort, connectorPort, chatPort } = await gameAt(host);
      await using _ = game;
      const start = game.begin('start');
      await start.says('3 servers ready');
      await start.says('Ctrl-C stops them');
      expect(start.stdout).toContain(`open http://[::1]:${gatePort}/`);
      expect(start.stdout).toMatch(new RegExp(`chat-1 .*\\[::1\\]:${chatPort}`));
      const seen = { at: 'connector-1', address: '::1' };
      expect(await play('::1', gatePort)).toEqual({
        url: `ws://[::1]:${connectorPort}`,
        answers: [seen, { ...seen, at: 'chat-1' }],
      });
      const ticket = await fetch(`http://[::1]:${gatePort}/ticket?uid=ann`);
      expect(await ticket.json()).toMatchObject({ host: '::1', port: connectorPort });
      expect(await isFree('127.0.0.1', connectorPort)).toBe(true); // that machine alone, by that address alone
      const { code, stdout } = await game.run('doctor');
      expect(stdout).toContain('✔ clients  2 frontends answer where clients are sent');
      expect({ code, wrong: /^✖.*$/m.exec(stdout)?.[0] }).toEqual({ code: 0, wrong: undefined });
      expect((await game.rows())['chat-1']).toMatchObject({ state: 'ready' });
      start.child.kill('SIGTERM');
      expect(await start.ended).toMatchObject({ code: 0, stderr: '' });
    },
  );

  it('with host :: takes clients of both families, each at the host by which it has come', async () => {
    const { game, gatePort, connectorPort } = await gameAt('::');
    await using _ = game;
    const start = game.begin('start');
    await start.says('3 servers ready');
    await start.says('Ctrl-C stops them');
    expect(start.stdout).toContain(`open http://127.0.0.1:${gatePort}/ (from elsewhere: port ${gatePort}`);
    expect(start.stdout).toContain(`[::]:${connectorPort}`);
    for (const [host, url] of [
      ['::1', `ws://[::1]:${connectorPort}`],
      ['127.0.0.1', `ws://127.0.0.1:${connectorPort}`],
    ] as const) {
      const seen = { at: 'connector-1', address: host };
      expect(await play(host, gatePort)).toEqual({ url, answers: [seen, { ...seen, at: 'chat-1' }] });
    }
    expect((await game.run('doctor')).stdout).toContain('✔ clients  2 frontends answer');
  });
});

describe('where a frontend listens', () => {
  it('is told apart from what clients are told, and an address that the machine lacks is named', async () => {
    const { game } = await gameAt('127.0.0.1', { clientListen: '192.0.2.7' });
    await using _ = game;
    expect((await game.run('config', 'check')).code).toBe(0);
    const doctor = await game.run('doctor');
    expect(doctor.stdout).toMatch(
      /^✖ ports {4}connector-1 will want 192\.0\.2\.7:\d+, which is no address of this machine\n +→ mend host or clientListen/m,
    );
    const { code, stderr } = await game.run('start');
    expect(stderr).toMatch(
      /connector-1 did not start: cannot listen on 192\.0\.2\.7:\d+: that is no address of this machine\./,
    );
    expect(code).toBe(1);
  });

  it('is dialed by doctor as clients are told it', async () => {
    const { game, connectorPort } = await gameAt('127.0.0.1', {
      clientHost: '127.0.0.9',
      clientListen: '127.0.0.1',
    });
    await using _ = game;
    expect((await game.run('start', '-D')).code).toBe(0);
    const { code, stdout } = await game.run('doctor');
    expect(stdout).toMatch(
      new RegExp(
        `^✖ clients {2}connector-1 does not answer as clients are told, at ws://127\\.0\\.0\\.9:${connectorPort}: .*ECONNREFUSED.*\n +→ look at clientHost`,
        'm',
      ),
    );
    expect(code).toBe(1);
  });
});
