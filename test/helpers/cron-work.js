import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export default (app) => ({
  often: () => app.note('often'),
  daily: () => app.note('daily'),
  /** Has two crons run in four seconds, when a file asks for it: one may be late, the other may not. */
  add() {
    const wish = join(app.root, 'add');
    if (!existsSync(wish)) return;
    rmSync(wish);
    const due = new Date(Date.now() + 4000);
    const time = `${due.getUTCSeconds()} ${due.getUTCMinutes()} ${due.getUTCHours()} * * *`;
    app.crons.add({ id: 'patient', time, timezone: 'UTC', action: 'work.daily' });
    app.crons.add({ id: 'strict', time, timezone: 'UTC', action: 'work.often', lateMs: 1000 });
    app.note('added');
  },
  /** Sets the time of day of its process ten minutes ahead when a file asks for it. */
  forward() {
    const wish = join(app.root, 'forward');
    if (!existsSync(wish)) return;
    rmSync(wish);
    const { now } = Date;
    Date.now = () => now() + 600_000;
    app.note('forward');
  },
  /** Blocks its process for 2.6 s when a file asks for it. */
  block() {
    const wish = join(app.root, 'block');
    if (!existsSync(wish)) return;
    rmSync(wish);
    app.note('block');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2600);
  },
});
