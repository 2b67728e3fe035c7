import { underLoad } from './scenario.mjs';

/** @type {import('./scenario.mjs').Scenario} */
export const idle10000 = {
  name: 'idle-10000',
  figures: [
    { key: 'kbEach', label: 'KB/connection', atMostRatio: 1.3 },
    { key: 'cpuUs', label: 'CPU us/connect' },
  ],
  measure: (system, processes, quick) =>
    underLoad(system, processes, {
      load: 'frontend',
      topology: { gates: 0, connectors: 1, chats: 1 },
      job: {
        kind: 'connect-storm',
        // Also when it has to be quick: with fewer, it is told rather how far the garbage collector is than what a connection costs.
        connections: 10_000,
        atOnce: 100,
        settleMs: quick ? 1500 : 3000,
      },
    }),
};
