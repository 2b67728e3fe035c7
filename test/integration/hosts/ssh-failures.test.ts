import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../helpers/cluster-process.js';
import { type ManyHostsOptions, manyHosts, serversOn } from '../../helpers/many-hosts.js';
import { type LabHost, NetLab, sshPort } from '../../helpers/netlab.js';

let lab: NetLab;
let second: LabHost;
let address: string;
beforeAll(async () => {
  lab = await NetLab.up(3);
  second = lab.hosts[1]!;
  ({ address } = second);
});
afterAll(() => lab?.[Symbol.asyncDispose]());

/** What `start` says, which has to fail and start nothing. */
async function refusal(
  options: ManyHostsOptions,
  prepare: (root: string) => void = () => {},
): Promise<string> {
  await using game = await manyHosts(lab, { hosts: lab.hosts.slice(0, 2), ...options });
  prepare(game.root);
  const { code, stdout, stderr } = await game.run('start', '-e', 'production');
  expect(code, stdout + stderr).toBe(1);
  expect(lab.hosts.flatMap(serversOn)).toEqual([]);
  return stderr;
}

/** A file of the lab, by its name. */
const labFile = (name: string, text = ''): string => {
  const file = join(lab.directory, name);
  writeFileSync(file, text);
  return file;
};

const own = (host: object): object => ({ hosts: { [address]: host } });

describe('a host that cannot be used', () => {
  it('with an unknown key is not taken; the command that mends it does', async () => {
    const known = labFile('known-none');
    const said = await refusal({ master: { ssh: { knownHosts: known } } });
    const shown = execFileSync('ssh-keygen', ['-lf', join(lab.directory, 'hostkey.pub')], {
      encoding: 'utf8',
    });
    expect(said).toContain(`The SSH key of ${address} is not known: expected it in ${known}`);
    expect(said).toContain(shown.split(' ')[1]);
    const command = `ssh-keyscan -t ed25519 -p ${sshPort} ${address} >> ${known}`;
    expect(said).toContain(command);
    await once(lab.hosts[0]!.begin('sh', ['-c', command]), 'close');
    await using game = await manyHosts(lab, {
      hosts: lab.hosts.slice(0, 2),
      master: { ssh: { knownHosts: known } },
    });
    const master = game.begin('start', '-e', 'production');
    await master.says('4 servers ready');
    await game.run('stop');
    await master.ended;
  });

  it('with another key than before is not taken; the command that mends it does', async () => {
    const old = readFileSync(join(lab.directory, 'id_ed25519.pub'), 'utf8').split(' ').slice(0, 2).join(' ');
    const known = labFile('known-old', `# ours\n[${address}]:${sshPort} ${old}\n`);
    const said = await refusal({ master: { ssh: { knownHosts: known } } });
    expect(said).toContain(`${address} shows another SSH key than before: expected the one in ${known}:2`);
    const command = /^ +(ssh-keygen .*)$/m.exec(said)![1]!;
    await once(lab.hosts[0]!.begin('sh', ['-c', command]), 'close');
    await using game = await manyHosts(lab, {
      hosts: lab.hosts.slice(0, 2),
      master: { ssh: { knownHosts: known } },
    });
    const master = game.begin('start', '-e', 'production');
    await master.says('4 servers ready');
    await game.run('stop');
    await master.ended;
  });

  it('that does not let the key in says who tried, with what, and how a key is let in', async () => {
    const stranger = join(lab.directory, 'stranger');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', stranger]);
    const said = await refusal({ master: { ssh: { identityFile: stranger } } });
    expect(said).toContain(`${address} does not let root in: tried ${stranger}.`);
    expect(said).toContain(`ssh-copy-id -p ${sshPort} -i ${stranger}.pub root@${address}`);
  });

  it('that a locked or missing private key is for says so', async () => {
    const locked = join(lab.directory, 'locked');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'a passphrase', '-f', locked]);
    const ssh = { identityFile: locked, passphraseVariable: 'KEY_PASSPHRASE' };
    expect(await refusal({ master: { ssh } })).toMatch(
      /private key \S+locked cannot be used.*KEY_PASSPHRASE/,
    );
    const missing = join(lab.directory, 'nothing-here');
    expect(await refusal({ master: { ssh: { identityFile: missing } } })).toContain('ENOENT');
  });

  it('that refuses the connection, answers nothing or has no name says which', async () => {
    const refused = await refusal({ master: { ssh_config_params: ['-p', '59623'] } });
    expect(refused).toContain(
      `${address} cannot be reached over SSH at ${address}:59623: it refuses the connection.`,
    );
    second.cut();
    const silent = await refusal({ master: { ssh: { connectTimeout: '1s' } } });
    second.heal();
    expect(silent).toMatch(/no answer within 1000 ms|there is no way to it/);
  });

  it('without the folder, node, a newer node or the framework says which is missing, and the cure', async () => {
    expect(await refusal({ master: own({ remoteDir: '/srv/nowhere' }) })).toContain(
      `${address} has no folder /srv/nowhere: expected the game at the same path`,
    );
    expect(await refusal({ master: own({ node: '/opt/no/node' }) })).toContain(
      `${address} has no node: expected it at /opt/no/node. Install Node there`,
    );
    const old = labFile('old.cjs', `Object.defineProperty(process.versions, 'node', { value: '18.4.0' });`);
    const node = labFile('old-node', `#!/bin/sh\nexec ${process.execPath} -r ${old} "$@"\n`);
    chmodSync(node, 0o755);
    expect(await refusal({ master: own({ node }) })).toContain('expected 20.19 or newer');
    const framework = join(repositoryRoot, 'framework', 'master', 'dist');
    await once(second.begin('mount', ['-t', 'tmpfs', 'tmpfs', framework]), 'close');
    expect(await refusal({})).toMatch(/has no pomelo-ts at \S+host-agent.js: .*npm ci/);
    await once(second.begin('umount', [framework]), 'close');
  });

  it('that lets the key in but begins nothing is not waited for', async () => {
    const node = labFile('hanging-node', '#!/bin/sh\nexec sleep 1000\n');
    chmodSync(node, 0o755);
    const said = await refusal({ master: { ...own({ node }), ssh: { connectTimeout: '5s' } } });
    expect(said).toContain(`${address} could not be made ready: nothing there has answered within 5000 ms`);
  });

  it('with another build is not used', async () => {
    const said = await refusal({ master: own({ remoteDir: labFolder('other-build') }) }, (root) =>
      writeFileSync(join(root, 'package.json'), '{ "version": "1.2.0" }'),
    );
    expect(said).toContain(`${address} has the build 1.1.0 in`);
    expect(said).toContain('expected 1.2.0');
  });

  it('is told of together with the others that cannot be used', async () => {
    const said = await refusal({
      hosts: [second, lab.hosts[2]!],
      master: { ssh_config_params: ['-p 59623'] },
    });
    expect(said).toContain('2 host(s) cannot be used, so nothing was started:');
    expect(said.match(/it refuses the connection/g)).toHaveLength(2);
  });
});

/** A folder with a game of another build. */
function labFolder(name: string): string {
  const folder = join(lab.directory, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "version": "1.1.0" }');
  return folder;
}
