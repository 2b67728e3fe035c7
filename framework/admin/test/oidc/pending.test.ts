import { FakeClock } from '@pomelo-ts/common/testing';
import { expect, it } from 'vitest';
import { PendingSignIns, pendingMs } from '../../src/oidc/pending.js';

const asked = (network = '192.0.2.0') => ({ redirectUri: 'https://admin.example/', network });

it('a sign-in that has begun is taken once, by its own browser and its own state', () => {
  const all = new PendingSignIns(new FakeClock());
  const [one, other] = [all.begin(asked()), all.begin(asked())];
  expect(all.take(undefined, one.pending.state)).toBeUndefined();
  expect(all.take(other.token, one.pending.state)).toBeUndefined();
  expect(all.take(one.token, undefined)).toBeUndefined();
  expect(all.take(one.token, one.pending.state)).toBe(one.pending);
  expect(all.take(one.token, one.pending.state)).toBeUndefined();
});

it('a sign-in is over after ten minutes', () => {
  const clock = new FakeClock();
  const all = new PendingSignIns(clock);
  const { token, pending } = all.begin(asked());
  clock.pass(pendingMs);
  expect(all.take(token, pending.state)).toBeUndefined();
});

it('a network keeps room for twenty sign-ins, and none of another network gives way to them', () => {
  const all = new PendingSignIns(new FakeClock());
  const other = all.begin(asked('198.51.100.0'));
  const own = Array.from({ length: 21 }, () => all.begin(asked()));
  const isThere = ({ token, pending }: (typeof own)[number]) => all.take(token, pending.state) !== undefined;
  expect([isThere(own[0]!), isThere(own[1]!), isThere(own[20]!), isThere(other)]).toEqual([
    ...[false, true, true, true],
  ]);
});

it('of all networks five hundred are kept', () => {
  const all = new PendingSignIns(new FakeClock());
  const begun = Array.from({ length: 501 }, (_, n) => all.begin(asked(`network ${n}`)));
  const isThere = (n: number) => all.take(begun[n]!.token, begun[n]!.pending.state) !== undefined;
  expect([isThere(0), isThere(1), isThere(500)]).toEqual([false, true, true]);
});

it('who comes from many networks throws out nobody who has begun once', () => {
  const all = new PendingSignIns(new FakeClock());
  const victim = all.begin(asked('victim'));
  for (let n = 0; n < 40; n++) for (let turn = 0; turn < 20; turn++) all.begin(asked(`network ${n}`));
  expect(all.take(victim.token, victim.pending.state)).toBe(victim.pending);
});
