import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import {
  commandLine,
  eventually,
  fixtureServer,
  TestGame,
  type TestRow,
} from '../../helpers/cluster-process.js';
import { type LabHost, NetLab } from '../../helpers/netlab.js';

const secret = { POMELO_TS_SECRET: 'of the integration tests' };

let lab: NetLab;
beforeAll(async () => {
  lab = await NetLab.up(2);
});
afterAll(() => lab?.[Symbol.asyncDispose]());

/** A command that runs on a host of the lab, and what it has said. */
function begin(host: LabHost, root: string, command: string, ...args: string[]) {
  const boot = command === 'start' || command === 'run' ? ['--boot-script', fixtureServer] : [];
  const words = [commandLine, command, '-d', root, '-e', 'production', ...args, ...boot];
  const child = host.begin(process.execPath, words, secret);
  const said = { text: '' };
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (chunk: Buffer) => {
      said.text += String(chunk);
    });
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, text: said.text }));
  return { child, said, ended };
}

it('a server that another host runs by itself joins, is told when its host loses power or its cable, and comes back', async () => {
  const [here, there] = lab.hosts as readonly [LabHost, LabHost];
  const chat = { id: 'chat-1', host: there.address, port: 6201, external: true };
  const gate = { id: 'gate-1', host: here.address, clientPort: 6202, frontend: true };
  const master = { host: here.address };
  await using game = await TestGame.make({ chat: [chat], gate: [gate] }, { master });
  const copy = mkdtempSync(join(tmpdir(), 'pomelo-ts-there-'));
  onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
  cpSync(game.root, copy, { recursive: true });
  const run = () => begin(there, copy, 'run', '--type', 'chat');
  const rowWhen = (state: string): Promise<TestRow> =>
    eventually(
      async () => {
        const { text } = await begin(here, game.root, 'list', '--json').ended;
        const row = (JSON.parse(text) as (TestRow & { id: string })[]).find(({ id }) => id === 'chat-1');
        return row?.state === state && row;
      },
      `chat-1 ${state}`,
      20_000,
    );

  const first = run();
  await eventually(() => first.said.text.includes('waits: no master answers'), 'its waiting', 20_000);
  const start = await begin(here, game.root, 'start', '-D').ended;
  expect(start).toMatchObject({ code: 0, text: expect.stringContaining('1 server ready') });
  expect(await rowWhen('ready')).toMatchObject({ external: true });
  const log = await begin(here, game.root, 'logs', 'chat-1').ended;
  expect(log.text).toContain('chat-1 has no log that can be read: whoever runs it has its output');
  const doctor = await begin(here, game.root, 'doctor').ended;
  expect(doctor.text).toMatch(/^✔ clocks {3}2 hosts are within 1 s of the master.s$/m);

  await there.off();
  await first.ended;
  await rowWhen('gone');
  await there.on();
  const second = run();
  const { pid } = await rowWhen('ready');

  there.cut();
  await rowWhen('lost');
  there.heal();
  expect((await rowWhen('ready')).pid).toBe(pid);
  second.child.kill('SIGTERM');
  await begin(here, game.root, 'stop').ended;
});
