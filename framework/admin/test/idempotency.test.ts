import { FakeClock } from '@pomelo-ts/common/testing';
import { describe, expect, it } from 'vitest';
import { Idempotency, type KeptBounds } from '../src/http/idempotency.js';

/** Who asks for a push with a key; gives how often it was done by then. */
function pushes(bounds?: KeptBounds) {
  const clock = new FakeClock();
  const once = new Idempotency(clock, bounds);
  let done = 0;
  const push = (who: string, key: string, body = 'hello') =>
    once.run({ who, what: 'push', key }, { body }, async () => ++done);
  return { clock, once, push };
}

describe('a key of idempotency', () => {
  it('has what was asked for done once, for ten minutes', async () => {
    const { clock, push } = pushes();
    expect([await push('ann', 'k'), await push('ann', 'k')]).toEqual([1, 1]);
    expect(() => push('ann', 'k', 'another')).toThrow(expect.objectContaining({ code: 'IDEMPOTENCY_OTHER' }));
    clock.pass(600_000);
    expect(await push('ann', 'k', 'another')).toBe(2);
  });

  it('is one for each who asks: another one is neither shown the answer nor told that there is one', async () => {
    const { push } = pushes();
    expect([await push('ann', 'k'), await push('bob', 'k', 'of bob')]).toEqual([1, 2]);
    // where names and keys run into each other, too
    expect([await push('ann push', 'k'), await push('ann', 'push k')]).toEqual([3, 4]);
  });

  it('outlasts whatever another one asks for', async () => {
    const { push } = pushes({ ofOne: 10, ofAll: 15 });
    for (let n = 0; n < 5; n++) await push('ann', `k${n}`);
    for (let n = 0; n < 1000; n++) await push('eve', `e${n}`);
    for (let n = 0; n < 8; n++) await push('mallory', `m${n}`);
    for (let n = 0; n < 5; n++) expect(await push('ann', `k${n}`)).toBe(n + 1);
  });

  it('keeps the latest answers of one who asks for more than there is room for', async () => {
    const { push } = pushes({ ofOne: 3, ofAll: 100 });
    for (let n = 1; n <= 5; n++) expect(await push('ann', `k${n}`)).toBe(n);
    expect([await push('ann', 'k3'), await push('ann', 'k5'), await push('ann', 'k1')]).toEqual([3, 5, 6]);
  });

  it('is free again for what has failed', async () => {
    const { once, push } = pushes();
    const fails = () => Promise.reject(new Error('no server'));
    await expect(once.run({ who: 'ann', what: 'push', key: 'k' }, { body: 'hello' }, fails)).rejects.toThrow(
      'no server',
    );
    expect(await push('ann', 'k')).toBe(1);
  });
});
