import { createHmac, timingSafeEqual } from 'node:crypto';

/** What `known_hosts` says of a host's key. */
export type KeyStanding =
  | { readonly is: 'known' }
  | { readonly is: 'unknown' }
  /** Another key of this type is on record; `at` is `file:line`. */
  | { readonly is: 'changed'; readonly at: string }
  | { readonly is: 'revoked'; readonly at: string };

interface Line {
  readonly at: string;
  readonly marker: string | undefined;
  readonly hosts: string;
  readonly type: string;
  readonly key: Buffer;
}

/** The host keys that a user trusts, in the format of OpenSSH's `known_hosts` (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). */
export class KnownHosts {
  readonly #lines: readonly Line[];

  /** @param files content by name */
  constructor(files: ReadonlyMap<string, string>) {
    this.#lines = [...files].flatMap(([file, text]) =>
      text.split('\n').flatMap((line, index) => readLine(line, `${file}:${index + 1}`)),
    );
  }

  /** What is known of the key that `host` shows at `port`. The key is in SSH's wire form. */
  standing(host: string, port: number, key: Buffer): KeyStanding {
    const name = nameOf(host, port);
    const lines = this.#lines.filter((line) => isFor(line, name));
    const same = lines.filter((line) => line.key.equals(key));
    const revoked = same.find(({ marker }) => marker === '@revoked');
    if (revoked) return { is: 'revoked', at: revoked.at };
    if (same.some(({ marker }) => marker === undefined)) return { is: 'known' };
    const other = lines.find(({ marker, type }) => marker === undefined && type === typeOf(key));
    return other ? { is: 'changed', at: other.at } : { is: 'unknown' };
  }

  /** The types of the keys on record for a host, which are to be asked for first. */
  typesOf(host: string, port: number): readonly string[] {
    const name = nameOf(host, port);
    return this.#lines
      .filter((line) => line.marker === undefined && isFor(line, name))
      .map(({ type }) => type);
  }
}

/** A host's name in `known_hosts`. */
export function nameOf(host: string, port: number): string {
  return port === 22 ? host : `[${host}]:${port}`;
}

/** The type that a key in wire form names itself by, such as `ssh-ed25519`. */
export function typeOf(key: Buffer): string {
  if (key.length < 4) return '';
  return key.subarray(4, 4 + key.readUInt32BE(0)).toString('latin1');
}

function readLine(line: string, at: string): Line[] {
  const words = line.trim().split(/\s+/);
  if (line.trim() === '' || words[0]!.startsWith('#')) return [];
  const marker = words[0]!.startsWith('@') ? words.shift() : undefined;
  const [hosts, type, key] = words;
  if (!hosts || !type || !key) return [];
  return [{ at, marker, hosts, type, key: Buffer.from(key, 'base64') }];
}

function isFor({ hosts }: Line, name: string): boolean {
  if (hosts.startsWith('|1|')) return isHashOf(hosts, name);
  let found = false;
  for (const pattern of hosts.split(',')) {
    if (pattern.startsWith('!') && matches(pattern.slice(1), name)) return false;
    found ||= matches(pattern, name);
  }
  return found;
}

/** `|1|salt|hash`: HMAC-SHA1 of the name. */
function isHashOf(hashed: string, name: string): boolean {
  const [, , salt = '', hash = ''] = hashed.split('|');
  const wanted = Buffer.from(hash, 'base64');
  const made = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
  return wanted.length === made.length && timingSafeEqual(wanted, made);
}

function matches(pattern: string, name: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern.toLowerCase() === name.toLowerCase();
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'i').test(name);
}
