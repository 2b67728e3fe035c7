import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock } from '@pomelo-ts/common/testing';
import { describe, expect, it } from 'vitest';
import { AccountFile } from '../../src/accounts/account-file.js';
import { ApiKeys } from '../../src/accounts/api-keys.js';
import { AdminSessions } from '../../src/accounts/sessions.js';

const clock = new FakeClock();

async function keyHolder() {
  const root = mkdtempSync(join(tmpdir(), 'pomelo-ts-keys-'));
  const keys = new ApiKeys({ keeper: new AccountFile(root), clock, wallTime: () => 0, standingOf: () => '' });
  const holder = keys.use((await keys.create({ name: 'shop', role: 'viewer', rate: 100 })).key);
  rmSync(root, { recursive: true });
  return holder;
}

describe('the end of who is signed in', () => {
  it.each([
    [
      'a session',
      () =>
        new AdminSessions(
          clock,
          () => 0,
          () => 1000,
        ).open('ann', '192.0.2.1').session,
    ],
    ['a key', keyHolder],
  ])(
    'is listened for by as many requests as go on by %s, without a word of a leak in the log',
    async (_, make) => {
      const { over } = await make();
      const warned: Error[] = [];
      const onWarning = (warning: Error) => warned.push(warning);
      process.on('warning', onWarning);
      for (let n = 0; n < 40; n++) over.addEventListener('abort', () => {}, { once: true });
      await new Promise((resolve) => setImmediate(resolve));
      process.off('warning', onWarning);
      expect(warned).toEqual([]);
    },
  );
});
