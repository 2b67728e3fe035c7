import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { KnownHosts } from '../../src/hosts/known-hosts.js';

const folder = mkdtempSync(join(tmpdir(), 'pomelo-ts-known-hosts-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A key as ssh-keygen makes it: what stands in files, and the bytes that a host shows. */
function newKey(name: string): { line: string; bytes: Buffer } {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)]);
  const [type, key] = readFileSync(join(folder, `${name}.pub`), 'utf8').split(' ');
  return { line: `${type} ${key}`, bytes: Buffer.from(key!, 'base64') };
}

const one = newKey('one');
const two = newKey('two');
const known = (text: string): KnownHosts => new KnownHosts(new Map([['known_hosts', text]]));

describe('known hosts', () => {
  it('are known by name, address, port and pattern', () => {
    const hosts = known(
      `# mine\n\nplay.example,10.0.0.5 ${one.line}\n[10.0.0.6]:2222 ${one.line}\n*.lan,!bad.lan ${one.line}\n`,
    );
    for (const [host, port] of [
      ['play.example', 22],
      ['PLAY.example', 22],
      ['10.0.0.5', 22],
      ['10.0.0.6', 2222],
      ['a.lan', 22],
    ] as const)
      expect(hosts.standing(host, port, one.bytes)).toEqual({ is: 'known' });
    for (const [host, port] of [
      ['10.0.0.6', 22],
      ['10.0.0.5', 2222],
      ['bad.lan', 22],
      ['other', 22],
    ] as const)
      expect(hosts.standing(host, port, one.bytes)).toEqual({ is: 'unknown' });
  });

  it('tell of a key that has changed, and where the old one stands', () => {
    expect(known(`a ${one.line}\nb ${one.line}\n`).standing('b', 22, two.bytes)).toEqual({
      is: 'changed',
      at: 'known_hosts:2',
    });
    expect(known(`b ${one.line}\nb ${two.line}\n`).standing('b', 22, two.bytes)).toEqual({ is: 'known' });
    expect(known(`b ${one.line}\n@revoked b ${one.line}\n`).standing('b', 22, one.bytes)).toEqual({
      is: 'revoked',
      at: 'known_hosts:2',
    });
    expect(known(`b ${one.line}\n`).typesOf('b', 22)).toEqual(['ssh-ed25519']);
  });

  it('may be hashed, as ssh-keygen -H does it', () => {
    const file = join(folder, 'hashed');
    writeFileSync(file, `play.example ${one.line}\n[10.0.0.6]:2222 ${two.line}\n`);
    execFileSync('ssh-keygen', ['-H', '-f', file], { stdio: 'ignore' });
    const text = readFileSync(file, 'utf8');
    expect(text).not.toContain('play.example');
    expect(known(text).standing('play.example', 22, one.bytes)).toEqual({ is: 'known' });
    expect(known(text).standing('10.0.0.6', 2222, two.bytes)).toEqual({ is: 'known' });
    expect(known(text).standing('10.0.0.7', 2222, two.bytes)).toEqual({ is: 'unknown' });
  });

  it('survive lines that mean nothing', () => {
    expect(known('x\n@cert-authority * \n|1|zz ssh-rsa AAAA\n ,\n').standing('x', 22, one.bytes)).toEqual({
      is: 'unknown',
    });
  });
});
