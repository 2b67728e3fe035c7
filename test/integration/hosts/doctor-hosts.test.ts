import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EtcdCluster } from '../../helpers/etcd.js';
import { type ManyHostsOptions, manyHosts, serversOn } from '../../helpers/many-hosts.js';
import { type LabHost, NetLab, sshPort } from '../../helpers/netlab.js';

let lab: NetLab;
let second: LabHost;
let third: LabHost;
beforeAll(async () => {
  lab = await NetLab.up(3);
  [, second, third] = lab.hosts as [LabHost, LabHost, LabHost];
});
afterAll(() => lab?.[Symbol.asyncDispose]());

/** What doctor says of a game before its first start. */
async function diagnosis(options: ManyHostsOptions, prepare: (root: string) => void = () => {}) {
  await using game = await manyHosts(lab, { perHost: 1, ...options });
  prepare(game.root);
  const { code, stdout, stderr } = await game.run('doctor', '-e', 'production');
  expect(stderr).toBe('');
  return { code, stdout };
}

/** A file of the lab that can be run. */
function script(name: string, text: string): string {
  const file = join(lab.directory, name);
  writeFileSync(file, text);
  chmodSync(file, 0o755);
  return file;
}

describe('doctor, where servers are on other hosts', () => {
  it('asks each of them over SSH before anything was started, and starts nothing', async () => {
    const { code, stdout } = await diagnosis({});
    for (const { address } of [second, third])
      expect(stdout).toMatch(
        new RegExp(
          `^✔ ssh {6}${address} can be used: Node [\\d.]+, build 0\\.0\\.0, \\d+ cores?, .* of memory$`,
          'm',
        ),
      );
    expect(stdout).toContain("✔ clocks   2 hosts are within 1 s of the master's");
    expect(stdout).toContain('all is well');
    expect(code).toBe(0);
    expect(lab.hosts.flatMap(serversOn)).toEqual([]);
  });

  it('tells what is wrong with each of them, with its cure', async () => {
    const known = join(lab.directory, 'known-one');
    const lines = lab.knownHosts.split('\n').filter((line) => !line.includes(third.address));
    writeFileSync(known, lines.join('\n'));
    const { code, stdout } = await diagnosis({
      master: { hosts: { [second.address]: { remoteDir: '/srv/nowhere' } }, ssh: { knownHosts: known } },
    });
    expect(stdout).toMatch(
      /^✖ ssh {6}10\.77\.0\.12 has no folder \/srv\/nowhere: expected the game at the same path .*\.\n +→ Put it there, or name/m,
    );
    const mend = `ssh-keyscan -t ed25519 -p ${sshPort} ${third.address} >> ${known}`;
    expect(stdout).toMatch(
      /^✖ ssh {6}The SSH key of 10\.77\.0\.13 is not known: .* add it:\n +→ ssh-keyscan /m,
    );
    expect(stdout).toContain(`→ ${mend}\n`);
    expect(stdout).toContain('2 things to mend');
    expect(code).toBe(1);
  });

  it('tells of a host that cannot be reached, of one with another build, and of both at once', async () => {
    const other = join(lab.directory, 'other-build');
    mkdirSync(other, { recursive: true });
    writeFileSync(join(other, 'package.json'), '{ "version": "1.1.0" }');
    third.cut();
    const hosts = { [second.address]: { remoteDir: other } };
    const { stdout } = await diagnosis({ master: { hosts, ssh: { connectTimeout: '5s' } } }, (root) =>
      writeFileSync(join(root, 'package.json'), '{ "version": "1.2.0" }'),
    );
    third.heal();
    expect(stdout).toMatch(
      /^✖ ssh {6}10\.77\.0\.12 has the build 1\.1\.0 in .*: expected 1\.2\.0.*\n +→ Put the same code there/m,
    );
    expect(stdout).toMatch(
      /^✖ ssh {6}10\.77\.0\.13 cannot be reached over SSH at 10\.77\.0\.13:\d+: (no answer|there is no way).*\n +→ Look whether it has power/m,
    );
  });

  it('tells of a clock that is off, of too few files, cores and bytes, before that does harm', async () => {
    const late = script('late.cjs', 'const now = Date.now; Date.now = () => now() - 90_000;');
    const run = `#!/bin/sh\nulimit -n 900\nexec ${process.execPath} -r ${late} "$@"\n`;
    const node = script('late-node', run);
    const { code, stdout } = await diagnosis({
      hosts: [second],
      master: { hosts: { [second.address]: { node } } },
      fields: {
        ...{ frontend: true, clientPort: 7000, 'max-connections': 1000 },
        args: ['--max-old-space-size=9000000'],
      },
    });
    expect(stdout).toMatch(
      /^✖ clocks {3}the clock of 10\.77\.0\.12 \(asked over SSH\) is (89|90|91)(\.\d+)? s behind the master's\n +→ .*timedatectl/m,
    );
    expect(stdout).toMatch(
      /^✖ limits {3}chat-2-1 lets 1000 clients in, but ulimit -n at 10\.77\.0\.12 is 900, which is enough for 632\n +→ LimitNOFILE=1323 in the unit of the SSH server there/m,
    );
    expect(stdout).toMatch(
      /^✖ limits {3}1 servers on 10\.77\.0\.12 may use 9000000 MiB of heap.*\n +→ expected is less/m,
    );
    expect(code).toBe(1);
    const cores = await diagnosis({ hosts: [second], fields: { cpu: '0,4000' } });
    expect(cores.stdout).toMatch(
      /^✖ limits {3}chat-2-1 cannot run on the cores 0,4000 of 10\.77\.0\.12: it has the cores 0-/m,
    );
  });

  it('does not try the way to hosts from a machine where no master runs', async () => {
    const { code, stdout } = await diagnosis({ master: { host: second.address } });
    expect(stdout).toMatch(
      /^! master {3}No master runs for \S+ on this host; that of this cluster is at 10\.77\.0\.12:3005: .*\n +→ pomelo-ts doctor -e production at/m,
    );
    expect(stdout).toMatch(/^! ssh {6}no master has its address on this machine.*\n +→ .*10\.77\.0\.12$/m);
    expect(stdout).not.toContain('can be used');
    expect(code).toBe(0);
  });
});

describe('doctor, where masters share a store', () => {
  let etcd: EtcdCluster;
  beforeAll(async () => {
    etcd = await EtcdCluster.onHosts(lab.hosts);
  });
  afterAll(() => etcd?.[Symbol.asyncDispose]());

  it('asks each member of the store that masters share', async () => {
    const masters = [lab.hosts[0]!, second].map(({ address: host }) => ({ host, port: 3005 }));
    const store = { kind: 'etcd', endpoints: etcd.endpoints, ttl: '3s' };
    const master = { masters, store, ssh: { connectTimeout: '5s' } };
    const well = await diagnosis({ master });
    expect(well.stdout).toContain('✔ store    3 members of etcd answer\n');
    expect(well.code).toBe(0);
    third.cut();
    const { stdout } = await diagnosis({ master });
    third.heal();
    expect(stdout).toMatch(
      /^✖ store {4}The coordination store etcd \(http:\/\/10\.77\.0\.13:2379\) cannot be reached: .*\n +→ look whether that member runs/m,
    );
    expect(stdout).toContain('2 things to mend'); // that, and the way to the host over SSH
  });

  it('takes no process of the game for a stranger when its master hears no majority of the store', async () => {
    const masters = [lab.hosts[0]!, second].map(({ address: host }) => ({ host, port: 3005 }));
    const store = { kind: 'etcd', endpoints: etcd.endpoints, ttl: '3s', prefix: 'minority/' };
    const master = { masters, store, ssh: { connectTimeout: '1s' } };
    await using game = await manyHosts(lab, { perHost: 1, hosts: lab.hosts.slice(0, 1), master });
    const running = game.begin('start', '-e', 'production');
    await running.says('1 server ready');
    for (const host of [second, third]) host.cut();
    await running.says('this master leads no more');
    const { code, stdout } = await game.run('doctor', '-e', 'production');
    const { stdout: log, code: read } = await game.run('logs', 'chat-1-1', '-e', 'production');
    for (const host of [second, third]) host.heal();
    expect(stdout).toMatch(/^✖ master {3}No master leads now.*\n +→ look at the store below/m);
    expect(stdout).toMatch(/^✔ ports {4}.*1 port of processes of this game/m);
    expect(stdout.match(/^✖ store/gm)).toHaveLength(3);
    expect(stdout).not.toContain('kill ');
    expect(code).toBe(1);
    expect({ log, read }).toMatchObject({ read: 0 });
    await running.says('this master leads again');
    expect((await game.run('stop', '-e', 'production')).code).toBe(0);
  });
});
