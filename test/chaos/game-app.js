// The reference game's own routes, and witnesses on each chat server: one takes a lease and writes down when it holds it, one writes down who
// is online, as the directory of uids tells, and which sessions it was told no end of. What a player says is given back with the answer, so
// that it can tell whose answer that is; and whoever has spoken is in a second channel of the room until somebody else has.
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
    app.filter({ after: (outcome, msg, session) => afterWords(app, outcome, msg, session) }),
  );
  app.configure('chat', () =>
    app.onStarted(() => {
      void witness(app);
      void witnessOfUids(app);
    }),
  );
});

/** Uids of the sessions that this server knows and was told no end of, by id. */
const open = new Map();
/** Who is in the second channel of each room. */
const inside = new Map();

function afterWords(app, { answer }, { content }, session) {
  if (answer?.code !== 200) return;
  answer.echo = content;
  const { id, uid, frontendId } = session;
  if (!open.has(id)) {
    open.set(id, uid);
    session.onClosed(() => open.delete(id));
  }
  const name = `aside ${session.get('rid')}`;
  const aside = app.channels.create(name);
  const former = inside.get(name);
  inside.set(name, { uid, frontendId });
  aside.add(session);
  tellAside(aside);
  if (!former || (former.uid === uid && former.frontendId === frontendId)) return;
  aside.leave(former);
  tellAside(aside);
}

/** Each push says to whom it goes. */
const tellAside = (aside) => aside.push('onAside', { to: aside.members.map(({ uid }) => uid) });

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
  for (; ; await sleep(300)) {
    const at = monotonicMs();
    try {
      const known = [...open];
      const asked = [...new Set([...uids, ...known.map(([, uid]) => uid)])];
      const [count, places] = await Promise.all([app.sessions.count(), app.sessions.placesOf(asked)]);
      const online = uids.flatMap((uid) => (places.get(uid) ?? []).map((place) => seat(app, uid, place)));
      const isThere = ([id, uid]) => places.get(uid)?.some(({ sessionId }) => sessionId === id);
      const ended = known.filter((one) => open.has(one[0]) && !isThere(one)).map(([, uid]) => uid);
      writeFileSync(`${file}.new`, JSON.stringify({ at, online, count, ended }));
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
