import { expect, it } from 'vitest';
import { KnownHosts } from '../../src/hosts/known-hosts.js';
import { connectFailure, keyFailure } from '../../src/hosts/ssh-failure.js';
import type { SshTarget } from '../../src/hosts/ssh-target.js';

const target = (name: string, jumps: readonly SshTarget[] = []): SshTarget => ({
  name,
  address: `${name}.lan`,
  port: 59622,
  user: 'game',
  identityFiles: [],
  connectTimeoutMs: 1000,
  knownHosts: new KnownHosts(new Map()),
  knownHostsFile: '/home/game/.ssh/known_hosts',
  jumps,
});

const type = Buffer.from('ssh-ed25519');
const key = Buffer.concat([Buffer.from([0, 0, 0, type.length]), type, Buffer.alloc(32)]);
const commandFor = (jumps: readonly SshTarget[]) =>
  keyFailure(target('game-b', jumps), key, { is: 'unknown' })!.message.split('\n').at(-1)!.trim();

const scan = 'ssh-keyscan -t ed25519 -p 59622 game-b.lan >> /home/game/.ssh/known_hosts';

it('the command for an unknown key asks the host itself, or has the last host on the way ask it', () => {
  expect(commandFor([])).toBe(scan);
  expect(commandFor([target('gate')])).toBe(`ssh -p 59622 game@gate.lan ${scan}`);
  expect(commandFor([target('gate'), target('inner')])).toBe(
    `ssh -J game@gate.lan:59622 -p 59622 game@inner.lan ${scan}`,
  );
});

it('the command for a host that lets nobody in makes a key first where there is none', () => {
  const refused = Object.assign(new Error('no way left'), { level: 'client-authentication' });
  const copy = (file: string) => `ssh-copy-id -p 59622 -i ${file}.pub game@game-b.lan`;
  const own = '/home/game/.ssh/id_rsa';
  expect(connectFailure({ ...target('game-b'), identityFiles: [own] }, refused).message).toContain(
    `tried ${own}. To have it let a key in:\n  ${copy(own)}`,
  );
  expect(connectFailure(target('game-b'), refused).message).toContain(
    `\n  ssh-keygen -t ed25519 -f ~/.ssh/id_ed25519 && ${copy('~/.ssh/id_ed25519')}`,
  );
});

it('the name of an interface is no host: what other hosts know is one of its addresses', () => {
  const unknown = Object.assign(new Error('getaddrinfo ENOTFOUND lo'), { code: 'ENOTFOUND' });
  expect(connectFailure({ ...target('lo'), address: 'lo' }, unknown).message).toMatch(
    /nobody knows its name\. It is an interface of this machine: write the address that other hosts know \(127\.0\.0\.1/,
  );
  expect(connectFailure(target('game-b'), unknown).message).toContain(
    'Mend the name in config/servers.json5',
  );
});
