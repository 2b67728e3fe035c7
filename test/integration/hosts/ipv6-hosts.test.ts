import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressGame, addressRoutes, sdkPlayer } from '../../helpers/address-game.js';
import { manyHostsSecret } from '../../helpers/many-hosts.js';
import { NetLab, sshPort } from '../../helpers/netlab.js';

let lab: NetLab;
beforeAll(async () => {
  lab = await NetLab.up(2);
});
afterAll(() => lab?.[Symbol.asyncDispose]());

/** A game whose connector is on the second host; the operator is at the first. */
function game(first: string, second: string, connector: object = {}) {
  return addressGame(
    {
      gate: [{ id: 'gate-1', host: first, clientPort: 3014, frontend: true }],
      connector: [
        { id: 'connector-1', host: second, port: 4050, clientPort: 3050, frontend: true, ...connector },
      ],
      chat: [{ id: 'chat-1', host: first, port: 6050 }],
    },
    {
      on: lab.hosts[0]!,
      env: { HOME: lab.home, POMELO_TS_SECRET: manyHostsSecret },
      master: { host: first, port: 3005, ssh: { port: sshPort } },
    },
  );
}

/** What a client sees that is on none of the hosts. */
async function play(host: string): Promise<unknown> {
  const gate = JSON.stringify({ host, port: 3014, uid: 'ann' });
  const child = lab.outside(process.execPath, sdkPlayer, gate, JSON.stringify(addressRoutes));
  let said = '';
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (chunk) => {
      said += String(chunk);
    });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(said);
  return JSON.parse(said);
}

const seenFrom = (address: string) => [
  { at: 'connector-1', address },
  { at: 'chat-1', address },
];

describe('a game on hosts that know each other by IPv6', () => {
  it('is started over SSH, called and played there', async () => {
    const [first, second] = lab.hosts.map(({ address6 }) => address6) as [string, string];
    await using one = await game(first, `[${second.toUpperCase()}]`); // however it is written
    const before = await one.run('doctor', '-e', 'production');
    expect(before.stdout).toMatch(/^✔ ssh {6}fd77::12 can be used/m);
    expect(before.code).toBe(0);
    const start = one.begin('start', '-e', 'production');
    await start.says('3 servers ready');
    await start.says(`clients connect to [${first}]:3014`);
    expect(await play(first)).toEqual({ url: `ws://[${second}]:3050`, answers: seenFrom('fd77::1') });
    const doctor = await one.run('doctor', '-e', 'production');
    expect(doctor.stdout).toContain('✔ clients  2 frontends answer where clients are sent');
    expect(doctor.code).toBe(0);
    await one.run('stop');
    await start.ended;
  });
});

describe('a game on hosts that know each other by IPv4', () => {
  it('takes clients of both families, and knows each by its plain address', async () => {
    const [first, second] = lab.hosts.map(({ address }) => address) as [string, string];
    await using one = await game(first, second);
    const start = one.begin('start', '-e', 'production');
    await start.says('3 servers ready');
    expect(await play(first)).toEqual({ url: `ws://${second}:3050`, answers: seenFrom('10.77.0.1') });
    // The gate itself is there by IPv6, too; it hands out what its topology says.
    const [ownFirst] = lab.hosts;
    expect(await play(ownFirst!.address6)).toMatchObject({ url: `ws://${second}:3050` });
    await one.run('stop');
    await start.ended;
  });

  it('does so where a host has no IPv6 at all', async () => {
    const [first, second] = lab.hosts as [(typeof lab.hosts)[number], (typeof lab.hosts)[number]];
    await using one = await game(first.address, second.address);
    const off = second.begin('sysctl', ['-qw', 'net.ipv6.conf.all.disable_ipv6=1']);
    expect(await once(off, 'close')).toEqual([0, null]);
    const start = one.begin('start', '-e', 'production');
    await start.says('3 servers ready');
    expect(await play(first.address)).toEqual({
      url: `ws://${second.address}:3050`,
      answers: seenFrom('10.77.0.1'),
    });
    await one.run('stop');
    await start.ended;
  });
});
