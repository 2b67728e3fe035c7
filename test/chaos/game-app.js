// The reference game's own routes, and a witness on each chat server that takes a lease and writes down when it holds it.
import { appendFileSync } from 'node:fs';
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
  app.configure('chat', () => app.onStarted(() => void witness(app)));
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

const monotonicMs = () => Number(process.hrtime.bigint() / 1_000_000n);
