import { describe, expect, it } from 'vitest';
import { mostWatched, UidWatchers, UidWatches, watchedForMs } from '../../src/directory/uid-watches.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

function watchersOf() {
  const told: string[] = [];
  const watchers = new UidWatchers((serverId, uids) => told.push(...uids.map((uid) => `${serverId} ${uid}`)));
  return { watchers, told };
}

describe('those who watch uids', () => {
  it('are known by a home as long as they say so, each by so many uids, and take the places of no others', async () => {
    const { watchers, told } = watchersOf();
    watchers.watch('chat-1', 'uid', 0);
    watchers.watch('evil', 'first', 0);
    watchers.watch('evil', 'kept', 0);
    for (let n = 2; n < 2 * mostWatched; n++) watchers.watch('evil', n, 0);
    watchers.watch('evil', 'kept', 1);
    watchers.watch('evil', 'one more', 1);
    for (const uid of ['uid', 'first', 'kept', 'one more', 2]) watchers.changed(uid);
    await turn();
    expect(told.splice(0).sort()).toEqual(['chat-1 uid', 'evil 2', 'evil kept', 'evil one more']);
    watchers.sweep(watchedForMs);
    for (const uid of ['uid', 'kept', 'one more', 2]) watchers.changed(uid);
    await turn();
    expect(told.sort()).toEqual(['evil kept', 'evil one more']);
  });
});

describe('the uids that a server watches', () => {
  it('are shown to each listener first as they are now, which may end itself then', async () => {
    const failed: unknown[] = [];
    const watches = new UidWatches((error) => failed.push(error));
    const seen: string[] = [];
    const watch = (name: string) => {
      const stop = watches.add('uid', (places) => {
        seen.push(`${name} ${places.length}`);
        if (places.length === 0) stop();
      });
    };
    watch('first');
    watches.heard('uid', [{ frontendId: 'a', sessionId: 's', boundAt: 1 }]);
    watch('second');
    watches.heard('uid', [{ frontendId: 'a', sessionId: 's', boundAt: 1 }]);
    await turn();
    expect(seen.splice(0)).toEqual(['first 1', 'second 1']);
    watches.add('uid', () => {});
    watches.heard('uid', []);
    watch('third');
    await turn();
    watches.heard('uid', [{ frontendId: 'a', sessionId: 's', boundAt: 1 }]);
    expect([seen, failed]).toEqual([['first 0', 'second 0', 'third 0'], []]);
  });
});
