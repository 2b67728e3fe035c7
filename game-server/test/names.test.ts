import { expect, test } from 'vitest';
import { nameOf, problemOfName, problemOfRoom, uidOf } from '../app/names.js';

test('a uid is name, star, room, and gives the name back even when the room has stars', () => {
  expect(uidOf('ann', 'blue*room')).toBe('ann*blue*room');
  expect(nameOf('ann*blue*room')).toBe('ann');
});

test.each(['ann', 'Ann of the Hill', '安娜', 'x'.repeat(24), '__proto__', '😀'.repeat(24)])(
  '%s is a name',
  (name) => {
    expect(problemOfName(name)).toBeUndefined();
  },
);

test.each([
  ['nothing', undefined],
  ['a number', 7],
  ['an empty text', ''],
  ['spaces', '   '],
  ['a space at the end', 'ann '],
  ['a star', 'a*b'],
  ['too many characters', 'x'.repeat(25)],
  ['a line break', 'a\nb'],
  ['a turn of the direction', 'a\u202eb'],
])('%s is no name', (_, name) => {
  expect(problemOfName(name)).toMatch(/^a name /);
});

test('a room may have a star and more characters', () => {
  expect(problemOfRoom('*'.repeat(64))).toBeUndefined();
  expect(problemOfRoom('x'.repeat(65))).toBe('a room has at most 64 characters');
});
