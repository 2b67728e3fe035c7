import { expect, test } from 'vitest';
import { EntryDesk } from '../app/entry-desk.js';

test('a uid is for one session, and a session for one uid, until it gives it back', () => {
  const desk = new EntryDesk();
  const [first, second] = [{}, {}];
  expect(desk.claim('ann*lobby', first)).toBe(true);
  expect(desk.claim('ann*lobby', second)).toBe(false);
  expect(desk.claim('bob*lobby', first)).toBe(false);
  desk.release(second);
  expect(desk.claim('ann*lobby', second)).toBe(false);
  desk.release(first);
  desk.release(first);
  expect(desk.claim('ann*lobby', second)).toBe(true);
});
