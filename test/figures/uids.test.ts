import { it } from 'vitest';
import { UidSimulation } from '../../framework/core/test/directory/uid-simulation.js';

/*
 * npm run figures: what the directory of uids costs with 200 frontends and a million uids, all in one process, so that calls are
 * calls of functions. Nothing is asserted, as times are those of the machine: uid-simulation.test.ts asserts on a smaller run what
 * is the same everywhere. ADR 0019 has the figures.
 */

const frontends = 200;
const uids = 1_000_000;
const policy = 'refuse';

const megabytes = () => {
  globalThis.gc!();
  return process.memoryUsage().heapUsed / 1e6;
};

it('200 frontends and a million uids', { timeout: 900_000 }, async () => {
  const simulation = await UidSimulation.begin({ frontends, uids, policy });
  const before = megabytes();
  const all = await simulation.loginAll();
  console.log(
    `${uids / 1e6} million logins, ${policy}, 50 at once on each frontend: ${((all.cpuMs * 1000) / uids).toFixed(1)} us of CPU each, ${(all.calls / uids).toFixed(2)} calls each`,
  );
  console.log(
    `memory of a session with its uid, its entry and the test's client: ${(((megabytes() - before) * 1e6) / uids).toFixed(0)} bytes`,
  );

  const alone = await simulation.loginAlone(1000);
  console.log(
    `one login at a time: ${alone.calls / 1000} calls each, ${alone.cpuMs.toFixed(0)} ms of CPU for 1000`,
  );

  const { ms = '> 10000', messages, cpuMs } = await simulation.crashOne('connector-77');
  console.log(
    `a frontend has crashed: all is known again after ${ms} ms; ${cpuMs.toFixed(0)} ms of CPU for all ${frontends - 1}, ${messages} messages`,
  );
});
