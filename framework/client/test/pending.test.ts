import { expect, it } from 'vitest';
import { ClientError } from '../src/errors.js';
import { PendingRequests } from '../src/pending.js';
import { ManualClock } from './manual-clock.js';

it('counts ids from 1 and starts again below 2^31, past those that are outstanding', () => {
  const pending = new PendingRequests(new ManualClock(), 10, 2 ** 31 - 3);
  for (const id of [1, 2]) pending.wait(id, 'r', 1000).catch(() => {});
  expect([1, 2, 3].map(() => pending.nextId())).toEqual([2 ** 31 - 2, 2 ** 31 - 1, 3]);
  expect(new PendingRequests(new ManualClock(), 10).nextId()).toBe(1);
});

it('fails a request in its own time and forgets it', async () => {
  const clock = new ManualClock();
  const pending = new PendingRequests(clock, 10);
  const slow = pending.wait(1, 'a.b.slow', 500);
  const slower = pending.wait(2, 'a.b.slower', 900);
  clock.advance(500);
  await expect(slow).rejects.toMatchObject({ code: 'TIMEOUT', facts: { route: 'a.b.slow', ms: 500 } });
  expect(pending.take(1)).toBeUndefined();
  pending.take(2)?.resolve('late enough');
  await expect(slower).resolves.toBe('late enough');
  expect(clock.armed).toBe(0);
});

it('refuses one more than the limit', () => {
  const pending = new PendingRequests(new ManualClock(), 1);
  pending.wait(pending.nextId(), 'r', 1000).catch(() => {});
  expect(() => pending.nextId()).toThrow(
    expect.objectContaining({ code: 'TOO_MANY_PENDING', facts: { limit: 1 } }),
  );
});

it('fails all that wait at once', async () => {
  const clock = new ManualClock();
  const pending = new PendingRequests(clock, 10);
  const all = [1, 2, 3].map((id) => pending.wait(id, 'r', 1000));
  pending.failAll(new ClientError('CLOSED'));
  const results = await Promise.allSettled(all);
  expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect([pending.size, clock.armed]).toEqual([0, 0]);
});
