// An app whose servers write down what they hold, run and make, each with the time of the machine's monotonic clock: so that what
// several processes say can be put in order. Lines are JSON, in notes/<server>.<pid>.
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

const now = () => Number(process.hrtime.bigint() / 1000n);
const pause = () => new Promise((resolve) => setTimeout(resolve, 10));

export default {
  setUp(app) {
    const folder = join(app.root, 'notes');
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `${app.serverId}.${process.pid}`);
    const note = (kind, facts) =>
      appendFileSync(file, `${JSON.stringify({ kind, server: app.serverId, pid: process.pid, ...facts })}\n`);
    app.note = note;
    app.onStarted(() => {
      void hold(app, note);
      void makeIds(app, note);
    });
  },
};

/** Holds the lease whenever it can be had. */
async function hold(app, note) {
  for (;;) {
    try {
      const lease = await app.lease('turn', { wait: true, ttlMs: 12_000 });
      for (;;) {
        const at = now(); // before the look: a pause between both must not move it behind the lease's end
        if (!lease.held) break;
        note('held', { token: lease.token, at });
        await pause();
      }
    } catch (error) {
      if (error.message.includes('is stopping')) return;
      note('error', { message: error.message });
      await pause();
    }
  }
}

async function makeIds(app, note) {
  for (;;) {
    await pause();
    await make('id', () => app.ids.next(), note);
    await make('rising', () => app.ids.monotonic.next(), note);
  }
}

async function make(kind, next, note) {
  const from = now();
  try {
    note(kind, { id: await next(), from, to: now() });
  } catch (error) {
    note('refused', { code: error.code });
  }
}
