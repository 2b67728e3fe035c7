import { routes } from '../systems/system.mjs';
import { underLoad } from './scenario.mjs';

/**
 * One room of so many members; the sender is one of them. One chat server, because the room lives in one.
 *
 * @param {number} members
 * @param {Partial<import('./scenario.mjs').Figure>} [target]
 * @returns {import('./scenario.mjs').Scenario}
 */
function broadcastTo(members, target) {
  return {
    name: `broadcast-${members}`,
    figures: [{ key: 'cpuUs', label: 'CPU us/delivery', ...target }],
    measure: (system, processes, quick) =>
      underLoad(system, processes, {
        load: 'broadcast',
        topology: { gates: 0, connectors: 1, chats: 1 },
        job: {
          kind: 'broadcast',
          routes,
          members,
          window: 4,
          warmup: 60_000,
          deliveries: quick ? 60_000 : 300_000,
          maxMs: quick ? 3000 : 10_000,
        },
      }),
  };
}

export const broadcast50 = broadcastTo(50);
export const broadcast200 = broadcastTo(200, { atMostRatio: 1.2 });
export const broadcast1000 = broadcastTo(1000);
