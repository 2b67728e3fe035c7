import { expect, it } from 'vitest';
import { filesOfPage, GuideGame } from '../helpers/guide-game.js';

it.each(
  [
    ...['handlers', 'channels', 'calling-servers', 'sessions', 'scheduling', 'leases-and-ids', 'testing'],
    'dev-and-reload',
    'acceptors',
  ].map((name) => `docs/guides/${name}.md`),
)('%s shows a game that compiles in a strict project and passes the tests it shows', async (page) => {
  using game = new GuideGame(filesOfPage(page));
  expect(await game.run('gen')).toMatchObject({ code: 0, stderr: '' });
  expect(await game.compile()).toBe('');
  expect(await game.test()).toBeGreaterThan(0);
});
