/**
 * @typedef {object} Figure
 * @property {string} key where the result holds it
 * @property {string} label with its unit
 * @property {number} [atMostRatio] target: ours divided by the floor
 * @property {number} [atMost] target: ours as it is
 */

/**
 * @typedef {object} Scenario
 * @property {string} name
 * @property {Figure[]} figures
 * @property {(system: import('../systems/system.mjs').System, processes: import('../lib/processes.mjs').Processes,
 *   quick: boolean) => Promise<Record<string, number>>} measure one round on a freshly started system
 */

/** The cluster of the request scenarios. */
export const smallCluster = { gates: 0, connectors: 1, chats: 2 };

/** @type {Figure} */
export const cpuPerRequest = { key: 'cpuUs', label: 'CPU us/request' };

/**
 * Starts the system, runs the load client against it, and stops it.
 *
 * @param {import('../systems/system.mjs').System} system
 * @param {import('../lib/processes.mjs').Processes} processes
 * @param {object} plan
 * @param {import('../systems/system.mjs').Load} plan.load
 * @param {import('../systems/system.mjs').Topology} plan.topology
 * @param {object} plan.job what the load client is told, without port and pids
 */
export async function underLoad(system, processes, { load, topology, job }) {
  const running = await system.start(processes, load, topology);
  const { port, pids, holder } = running;
  const client = processes.startNode('load/main.mjs', [JSON.stringify({ ...job, port, pids, holder })]);
  const result = await client.firstLine(180_000);
  await client.finish(10_000);
  await running.stop();
  return result;
}
