import { basename, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { fileOf } from '../../src/commands/profile.js';

it.each(['../../etc/passwd', '/etc/passwd', '..', 'a/b', 'a\\b', 'a\0b', '大厅', 'x'.repeat(5000)])(
  'the file of a profile of %j is in the folder where the command runs',
  (id) => {
    for (const heap of [false, true]) {
      const file = fileOf(id, heap);
      expect(resolve('/here', file)).toBe(`/here/${basename(file)}`);
      expect(file).toMatch(/^[\w.-]{10,140}\.(cpuprofile|heapsnapshot)$/);
    }
  },
);

it('the file of a profile has the id of the server in its name', () => {
  expect(fileOf('chat-1', false)).toMatch(/^chat-1-\d{4}-\d\d-\d\dT\d{6}\.cpuprofile$/);
});
