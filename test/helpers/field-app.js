// An app whose servers call and notify each other all the time, with numbers, and write down what becomes of that: lines of JSON in
// notes/<server>, with the time of the machine's monotonic clock in ms.
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

const now = () => performance.timeOrigin + performance.now();
const paceMs = 100;

export default {
  setUp(app) {
    const folder = join(app.root, 'notes');
    mkdirSync(folder, { recursive: true });
    const file = join(folder, app.serverId);
    app.note = (kind, facts) => appendFileSync(file, `${JSON.stringify({ kind, at: now(), ...facts })}\n`);
    process.stdin.once('end', () => process.exit()); // the test is over: calls that are held need not end
    app.onStarted(() => {
      const look = () =>
        app.note('view', {
          view: app.registry.all.map(({ id, bootId, state }) => `${id} ${bootId} ${state}`).sort(),
        });
      app.registry.onChange(look);
      look();
      let n = 0;
      setInterval(() => talk(app, ++n), paceMs).unref();
    });
  },
};

function talk(app, n) {
  const from = app.serverId;
  const { call, tell, hold } = app.rpc.field.fieldRemote;
  for (const { id } of app.registry.ofType('field')) {
    if (id === from) continue;
    app.note('sent', { to: id, n });
    call
      .to(id)(from, n)
      .then(
        () => app.note('answered', { to: id, n }),
        (error) => app.note('failed', { to: id, n, code: error.code }),
      );
    try {
      tell.notify(id, from, `${n} for ${id}`); // it goes to whichever server the route chooses
    } catch (error) {
      app.note('failed', { to: id, code: error.code });
    }
    if (n % 10 === 1)
      hold
        .to(id)()
        .catch((error) => app.note('let go', { to: id, code: error.code }));
  }
}
