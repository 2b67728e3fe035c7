import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../helpers/cluster-process.js';
import {
  allReady,
  commandOf,
  manyHosts,
  pidsOf,
  type Rows,
  rowsOnce,
  serversOn,
} from '../../helpers/many-hosts.js';
import { type LabHost, NetLab, sshPort } from '../../helpers/netlab.js';

const badPort = 59700;

let lab: NetLab;
let second: LabHost;
beforeAll(async () => {
  lab = await NetLab.up(3);
  second = lab.hosts[1]!;
  writeFileSync(join(lab.directory, 'mode'), 'well');
  writeFileSync(
    join(lab.directory, 'known'),
    lab.knownHosts + lab.knownHosts.replaceAll(`:${sshPort} `, `:${badPort} `),
  );
  const script = fileURLToPath(new URL('../../helpers/bad-ssh-port.mjs', import.meta.url));
  const words = [script, second.address, String(badPort), String(sshPort), join(lab.directory, 'mode')];
  await once(second.begin(process.execPath, words).stdout!, 'data');
});
beforeEach(() => sshPortIs('well'));
afterAll(() => lab?.[Symbol.asyncDispose]());

/** Has the SSH port of the second host be so from now on, and all its connections reset. */
const sshPortIs = (mode: string) => writeFileSync(join(lab.directory, 'mode'), mode);

/** A game whose second host is reached over the port that may be bad. */
const game = () =>
  manyHosts(lab, {
    perHost: 1,
    master: {
      stopTimeout: '1s',
      ssh: { connectTimeout: '5s', knownHosts: join(lab.directory, 'known') },
      restart: { minBackOff: '200ms' },
      hosts: { [second.address]: { ssh: { port: badPort } } },
    },
  });

const kinds = [
  'resets',
  'says nothing',
  'ends after its banner',
  'says no more than its banner',
  'closes its half',
  'greets without an end',
];

describe('a host whose SSH port is bad', () => {
  it('ends a start and a doctor with its name and a cure, whatever the port does', async () => {
    await using bad = await game();
    for (const kind of kinds) {
      sshPortIs(kind);
      const [start, doctor] = await Promise.all([
        bad.run('start', '-e', 'production'),
        bad.run('doctor', '-e', 'production'),
      ]);
      const told = `${second.address} cannot be reached over SSH at ${second.address}:${badPort}: `;
      expect(start, kind).toMatchObject({ code: 1 });
      expect(start.stderr, kind).toContain(told);
      expect(start.stderr, kind).not.toContain('    at ');
      expect(doctor, kind).toMatchObject({ code: 1, stderr: '' });
      expect(doctor.stdout, kind).toContain(`✖ ssh      ${told}`);
      expect(doctor.stdout, kind).toContain('10.77.0.13 can be used');
      expect(lab.hosts.flatMap(serversOn)).toEqual([]);
    }
    sshPortIs('well');
  });

  it('costs a running master that host alone, which is used again when the port is well', async () => {
    await using bad = await game();
    const master = bad.begin('start', '-e', 'production');
    await master.says('3 servers ready');
    const before = await bad.rows();
    // those that end a connection, that leave it open, and that stop in the middle
    for (const kind of ['resets', 'says nothing', 'ends after its banner']) {
      sshPortIs(kind);
      const [victim] = serversOn(second);
      process.kill(victim!, 'SIGKILL');
      await rowsOnce(bad, (rows) => rows['chat-2-1']!.state !== 'ready', `the loss of chat-2-1: ${kind}`);
      const others = pidsOf(await bad.rows());
      expect(others).toMatchObject({
        'chat-1-1': before['chat-1-1']!.pid,
        'chat-3-1': before['chat-3-1']!.pid,
      });
      sshPortIs('well');
      await rowsOnce(bad, allReady, `the return of chat-2-1: ${kind}`);
      expect(serversOn(second)).toHaveLength(1);
    }
    expect((await bad.run('stop', '-e', 'production')).code).toBe(0);
    expect((await master.ended).code).toBe(0);
    expect(lab.hosts.flatMap(serversOn)).toEqual([]);
  });
});

describe('a master that begins while the SSH port of a host is bad', () => {
  it.each(['resets', 'says nothing', 'ends after its banner'])(
    'takes over all others where it %s, tells of that host alone, and has its server again when the port is well',
    async (kind) => {
      await using bad = await game();
      const first = bad.begin('start', '-e', 'production');
      await first.says('3 servers ready');
      const before = await bad.rows();
      first.child.kill('SIGKILL');
      await first.ended;
      sshPortIs(kind);
      const next = bad.begin('start', '-e', 'production');
      await next.says('servers of a former master came back');
      const told = `${second.address} cannot be reached over SSH at ${second.address}:${badPort}: `;
      await eventually(() => (next.stdout + next.stderr).includes(told), 'word of the bad host');
      // The link of the server there does not go over SSH: it comes by itself, and plays on.
      const during = await rowsOnce(bad, allReady, 'all ready');
      expect(pidsOf(during)).toEqual(pidsOf(before));
      for (const { address } of [lab.hosts[0]!, lab.hosts[2]!])
        expect(next.stdout + next.stderr).not.toContain(`${address} cannot be reached`);
      const victim = serversOn(lab.hosts[2]!)[0]!;
      process.kill(victim, 'SIGKILL');
      const isBack = (rows: Rows) => allReady(rows) && rows['chat-3-1']!.restarts === 1;
      await rowsOnce(bad, isBack, 'another life on a host that is well');
      sshPortIs('well');
      process.kill(serversOn(second)[0]!, 'SIGKILL');
      const isNew = (rows: Rows) => allReady(rows) && rows['chat-2-1']!.pid !== before['chat-2-1']!.pid;
      await rowsOnce(bad, isNew, 'another life where the port is well again');
      expect(serversOn(second)).toHaveLength(1);
      expect((await bad.run('stop', '-e', 'production')).code).toBe(0);
      expect((await next.ended).code).toBe(0);
      expect(lab.hosts.flatMap(serversOn)).toEqual([]);
    },
  );
});

describe('a host whose SSH server hangs', () => {
  /** The host's sshd, its sessions, and the host agent. */
  const signalAll = (signal: 'SIGSTOP' | 'SIGCONT') => {
    const isOfSsh = ([program = '', ...words]: string[]) => program.includes('sshd') || words.includes('-e');
    for (const pid of second.pids) if (isOfSsh(commandOf(pid))) process.kill(pid, signal);
  };

  it('ends a start with its name, and keeps no later one from it', async () => {
    await using hung = await manyHosts(lab, { perHost: 1, master: { ssh: { connectTimeout: '5s' } } });
    signalAll('SIGSTOP');
    const [start, doctor] = await Promise.all([
      hung.run('start', '-e', 'production'),
      hung.run('doctor', '-e', 'production'),
    ]);
    signalAll('SIGCONT');
    expect(start.code).toBe(1);
    expect(start.stderr).toMatch(/10\.77\.0\.12 cannot be reached over SSH .* within 5000 ms/);
    expect(doctor).toMatchObject({ code: 1, stderr: '' });
    const master = hung.begin('start', '-e', 'production');
    await master.says('3 servers ready');
    await hung.run('stop', '-e', 'production');
    await master.ended;
  });

  it('costs a running master nothing else, and is used again when it goes on', async () => {
    await using hung = await manyHosts(lab, {
      perHost: 1,
      master: { stopTimeout: '1s', ssh: { connectTimeout: '5s' }, restart: { minBackOff: '200ms' } },
    });
    const master = hung.begin('start', '-e', 'production');
    await master.says('3 servers ready');
    const before = await hung.rows();
    signalAll('SIGSTOP');
    await master.says('The SSH connection to a host was lost.');
    await master.says('A host cannot be reached; it is tried until it can.');
    expect(pidsOf(await hung.rows())).toEqual(pidsOf(before));
    signalAll('SIGCONT');
    await master.says('A host can be reached again.');
    process.kill(serversOn(second)[0]!, 'SIGKILL');
    const after = await rowsOnce(
      hung,
      (rows) => allReady(rows) && rows['chat-2-1']!.pid !== before['chat-2-1']!.pid,
      'a new life of chat-2-1',
    );
    expect(after['chat-3-1']!.pid).toBe(before['chat-3-1']!.pid);
    expect((await hung.run('stop', '-e', 'production')).code).toBe(0);
    await master.ended;
    await eventually(() => lab.hosts.flatMap(serversOn).length === 0, 'the end of all');
  });
});
