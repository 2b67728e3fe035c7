import type * as Crypto from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Passwords } from '../../src/accounts/password.js';

let crypto: typeof Crypto;
let passwords: Passwords;

beforeAll(async () => {
  // other files of this process may have loaded it with the library as it is
  vi.resetModules();
  vi.doMock('node:crypto', { spy: true });
  crypto = await import('node:crypto');
  const loaded = await import('../../src/accounts/password.js');
  passwords = new loaded.Passwords({ N: 2 ** 10, r: 8, p: 1 });
});
afterAll(() => {
  vi.doUnmock('node:crypto');
  vi.resetModules();
});

/** What scrypt was asked for since the last time: bytes of the salt, of the hash, and the cost. */
function worked() {
  const runs = vi.mocked(crypto.scrypt).mock.calls.map((call) => {
    const [, salt, bytes, { N, r, p }] = call as unknown as [string, Buffer, number, Crypto.ScryptOptions];
    return { salt: salt.length, bytes, N, r, p };
  });
  vi.mocked(crypto.scrypt).mockClear();
  return runs;
}

describe('a name that nobody has', () => {
  it('costs exactly the work of a wrong password and of the right one', async () => {
    const stored = await passwords.hash('a long enough pass phrase');
    const made = worked();
    expect(made).toHaveLength(1);
    expect(await passwords.matches(stored, 'a long enough pass phrase')).toBe(true);
    const right = worked();
    expect(await passwords.matches(stored, 'a wrong one of the same')).toBe(false);
    const wrong = worked();
    expect(await passwords.matches(undefined, 'a wrong one of the same')).toBe(false);
    const nobody = worked();
    expect(nobody).toHaveLength(1);
    expect([right, wrong, nobody]).toEqual([made, made, made]);
  });
});
