// The reference game's own routes, and two witnesses on each chat server: one takes a lease and writes down when it holds it, one writes
// down who is online, as the directory of uids tells.
import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { defineApp, serialFilter } from '@pomelo-ts/core';

const byRoom = {
  by: 'hash',
  key: (param) => (typeof param === 'string' ? param : param.get('rid')),
};

export default defineApp((app) => {
  app.route('chat', byRoom);
  app.configure('chat|connector', () => app.filter(serialFilter()));
  app.configure('chat', () =>
    app.onStarted(() => {
      void witness(app);
      void witnessOfUids(app);
    }),
  );
});

/** All hosts of the lab have one kernel, and so one monotonic clock. */
async function witness(app) {
  const file = join(app.server.witnessFolder, `${app.serverId}.${process.pid}.log`);
  for (;;) {
    try {
      const lease = await app.lease('the-one', { ttlMs: 3000, wait: true });
      for (;;) {
        // Before it is asked: this process may be paused at any time, and what is held later was held now.
        const now = monotonicMs();
        if (!lease.held) break;
        appendFileSync(file, `${lease.token} ${now}\n`);
        await sleep(50);
      }
    } catch {
      await sleep(200); // no master can be reached: nobody holds it for sure
    }
  }
}

async function witnessOfUids(app) {
  const { directoryFolder, players, rooms } = app.server;
  const uids = Array.from({ length: players }, (_, n) => `p${n}*room${n % rooms}`);
  const file = join(directoryFolder, app.serverId);
  for (let words = 0; ; await sleep(300)) {
    const at = monotonicMs();
    try {
      const [found, count] = await Promise.all([app.sessions.placesOf(uids), app.sessions.count()]);
      const online = [...found].flatMap(([uid, places]) => places.map((place) => seat(app, uid, place)));
      writeFileSync(`${file}.new`, JSON.stringify({ at, online, count, words: ++words }));
      renameSync(`${file}.new`, file);
    } catch {
      // A frontend does not answer: there is no word, and one that is old is told.
    }
  }
}

/** Who is where, as players tell it: each of the lab's hosts has one connector. */
function seat(app, uid, { frontendId }) {
  return `${uid} at ${app.registry.get(frontendId)?.host ?? frontendId}`;
}

const monotonicMs = () => Number(process.hrtime.bigint() / 1_000_000n);
