import { it } from 'vitest';
import { ClusterOfUids } from '../../framework/core/test/directory/cluster-of-uids.js';

/*
 * npm run figures: what the directory of uids costs with 200 frontends and a million uids, all in one process, so that calls are
 * calls of functions. Nothing is asserted: times are those of the machine.
 */

const frontends = 200;
const uids = 1_000_000;
const policy = 'refuse';

/** CPU of this process so far, in ms. */
const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const megabytes = () => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1e6;
};

it('200 frontends and a million uids', { timeout: 900_000 }, async () => {
  const cluster = new ClusterOfUids(policy);
  for (let n = 0; n < frontends; n++) cluster.join(`connector-${n}`);
  await cluster.clock.letPass(6000, 6000);
  const all = [...cluster.frontends.values()];

  cluster.calls.clear();
  const [before, begun] = [megabytes(), cpuMs()];
  for (let first = 0; first < uids; first += 10_000) {
    const logins = Array.from({ length: 10_000 }, (_, n) =>
      all[(first + n) % frontends]!.login(`uid-${first + n}`),
    );
    await Promise.all(logins);
  }
  const seconds = (cpuMs() - begun) / 1000;
  const calls = [...cluster.calls.values()].reduce((sum, count) => sum + count, 0);
  console.log(
    `${uids / 1e6} million logins, ${policy}, 50 at once on each frontend: ${((seconds * 1e6) / uids).toFixed(1)} us of CPU each, ${(calls / uids).toFixed(2)} calls each`,
  );
  console.log(
    `memory of a session with its uid, its entry and the test's client: ${(((megabytes() - before) * 1e6) / uids).toFixed(0)} bytes`,
  );

  cluster.calls.clear();
  const alone = cpuMs();
  for (let n = 0; n < 1000; n++) await all[n % frontends]!.login(`alone-${n}`);
  console.log(
    `one login at a time: ${(cluster.calls.get('sys.directory.tell') ?? 0) / 1000} calls each, ${(cpuMs() - alone).toFixed(0)} ms of CPU for 1000`,
  );

  cluster.calls.clear();
  const crashed = cpuMs();
  cluster.crash('connector-77');
  const left = uids - uids / frontends + 1000 - 5;
  let simulated = 0;
  while ((await all[0]!.directory.count()) !== left && simulated < 10_000) {
    await cluster.clock.letPass(50, 50);
    simulated += 50;
  }
  const told = cluster.calls.get('sys.directory.tell') ?? 0;
  console.log(
    `a frontend has crashed: all is known again after ${simulated} ms; ${(cpuMs() - crashed).toFixed(0)} ms of CPU for all 199, ${told} messages`,
  );
});
