// An app whose server begins in another moment: its time of day is what START says, on which its crons then run. Lines in notes/<server>
// say what ran, by that time and by the machine's monotonic clock.
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

const real = Date.now;

export default {
  setUp(app) {
    const folder = join(app.root, 'notes');
    mkdirSync(folder, { recursive: true });
    if (process.env.START) {
      const ahead = Date.parse(process.env.START) - real();
      Date.now = () => real() + ahead;
    }
    app.note = (kind) =>
      appendFileSync(
        join(folder, app.serverId),
        `${JSON.stringify({ kind, at: Date.now(), passed: performance.now() })}\n`,
      );
  },
};
