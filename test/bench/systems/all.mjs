import { floor } from './floor.mjs';

/**
 * The systems of one run, the floor first.
 *
 * @param {import('../lib/options.mjs').BenchOptions} options
 * @returns {Promise<import('./system.mjs').System[]>}
 */
export async function chosenSystems(options) {
  const systems = [floor];
  const { ours, unmeasured } = await import('./ours.mjs');
  if (options.ours) systems.push(ours);
  if (options.unmeasured) systems.push(unmeasured);
  if (options.peers) systems.push(...(await import('./peers.mjs')).peers());
  return systems;
}
