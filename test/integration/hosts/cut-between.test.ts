import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, TestGame } from '../../helpers/cluster-process.js';
import { manyHostsSecret } from '../../helpers/many-hosts.js';
import { type LabHost, NetLab, sshPort } from '../../helpers/netlab.js';

const probe = fileURLToPath(new URL('../../helpers/cut-probe.mjs', import.meta.url));

const opsPort = 6009;

let lab: NetLab;
beforeAll(async () => {
  lab = await NetLab.up(3);
});
afterAll(() => lab?.[Symbol.asyncDispose]());

const hostAt = (index: number): LabHost => lab.hosts[index]!;

/** The master, the gate and one connector on the first host, the backend on the second, another connector on the third. */
async function running(): Promise<TestGame> {
  const [first, second, third] = lab.hosts.map(({ address }) => address) as [string, string, string];
  const game = await TestGame.make(
    {
      gate: [{ id: 'gate-1', host: first, port: 6001, clientPort: 6002, frontend: true }],
      connector: [
        { id: 'connector-1', host: first, port: 6003, clientPort: 6004, frontend: true },
        {
          ...{ id: 'connector-3', host: third, port: 6003, clientPort: 6004, frontend: true },
          ...{ opsPort, opsListen: third },
        },
      ],
      chat: [{ id: 'chat-2', host: second, port: 6005 }],
    },
    {
      ownBoot: true,
      on: hostAt(0),
      env: { HOME: lab.home, POMELO_TS_SECRET: manyHostsSecret },
      master: { host: first, port: 3005, ssh_config_params: [`-p ${sshPort}`] },
    },
  );
  game.write('package.json', { type: 'module' });
  writeFileSync(join(game.root, 'app.js'), 'export default { setUp() {} };');
  const folder = join(game.root, 'app/servers/chat/handler');
  mkdirSync(folder);
  writeFileSync(
    join(folder, 'chatHandler.js'),
    'export default class { say() { return { says: "hello" }; } }',
  );
  expect(await game.run('start', '-D', '-e', 'production')).toMatchObject({ code: 0 });
  return game;
}

interface Played {
  readonly connector: string;
  readonly answer: { readonly says?: string; readonly failed?: string };
}

/** What a program of Node prints that sees all hosts from outside. */
async function printedOutside(...args: string[]): Promise<unknown> {
  const child = lab.outside(process.execPath, ...args);
  let said = '';
  child.stdout!.on('data', (chunk) => {
    said += String(chunk);
  });
  await new Promise((resolve) => child.once('close', resolve));
  return JSON.parse(said);
}

/** Has players come from outside of all hosts, and call the backend. */
async function play(players = 12): Promise<Played[]> {
  const gate = { host: hostAt(0).address, port: 6002 };
  const what = JSON.stringify({ gate, players, route: 'chat.chatHandler.say' });
  return (await printedOutside(probe, what)) as Played[];
}

/** What the connector on the third host says of those that it calls, on its port for health. */
async function peersHealth(): Promise<unknown> {
  const place = `http://${hostAt(2).address}:${opsPort}/health`;
  const program = `fetch(${JSON.stringify(place)}).then((answer) => answer.text()).then((text) => process.stdout.write(text));`;
  const { components } = (await printedOutside('-e', program)) as { components: { peers: object } };
  return components.peers;
}

const connectorsOf = (played: readonly Played[]) =>
  [...new Set(played.map(({ connector }) => connector))].sort();
const failuresOf = (played: readonly Played[]) => played.filter(({ answer }) => answer.says !== 'hello');

describe('a cut between two hosts that both see the master', () => {
  it('is told by list and doctor, and players are sent where the inside can be reached, until it is healed', async () => {
    await using game = await running();
    expect(connectorsOf(await play())).toEqual(['connector-1', 'connector-3']);
    expect(await peersHealth()).toMatchObject({ status: 'UP' });
    hostAt(1).drop({ from: hostAt(2).address });
    hostAt(2).drop({ from: hostAt(1).address });
    try {
      const row = await eventually(
        async () => {
          const rows = (await game.rows()) as Record<string, { unreached?: string[]; cutFrom?: string[] }>;
          return rows['connector-3']!.unreached && rows['chat-2']!.unreached && rows['connector-3'];
        },
        'the word of both sides',
        25_000,
      );
      expect(row).toMatchObject({ state: 'ready', unreached: ['chat-2'], cutFrom: ['chat'] });
      const { stdout } = await game.run('list');
      expect(stdout).toMatch(/^connector-3 .* ready, cannot reach chat-2/m);
      expect(stdout).toMatch(/^chat-2 .* ready, cannot reach connector-3/m);
      expect(stdout).toMatch(/^connector-1 .* ready {2}/m);
      const doctor = await game.run('doctor', '-e', 'production');
      expect(doctor.stdout).toMatch(
        /✖ network +servers on 10\.77\.0\.12 and 10\.77\.0\.13 cannot reach each other: .*connector-3 → chat-2/,
      );
      expect(doctor.code).toBe(1);
      expect(await peersHealth()).toMatchObject({
        status: 'DOWN',
        cause: 'it cannot call chat-2, and nobody of the types chat',
        cure: expect.stringMatching(/^pomelo-ts doctor/),
        details: { unreached: ['chat-2'], cutFrom: ['chat'] },
      });
      const played = await play();
      expect(connectorsOf(played)).toEqual(['connector-1']);
      expect(failuresOf(played)).toEqual([]);
    } finally {
      for (const host of [hostAt(1), hostAt(2)]) host.dropNothing();
    }
    await eventually(
      async () => connectorsOf(await play()).length === 2,
      'players on both connectors',
      25_000,
    );
    expect(failuresOf(await play())).toEqual([]);
    expect((await game.run('list')).stdout).not.toContain('cannot reach');
    expect(await peersHealth()).toMatchObject({ status: 'UP' });
    await game.run('stop');
  });
});
