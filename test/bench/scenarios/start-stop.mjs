import { setTimeout as sleep } from 'node:timers/promises';
import { residentKb } from '../lib/proc-stat.mjs';
import { median } from '../lib/statistics.mjs';

/**
 * Wall time from the command to every server ready, and from the stop to every process ended. The floor is as many
 * bare frontend floors started together.
 *
 * @param {number} count processes, the master among them
 * @param {{ start: number, stop?: number }} targets seconds
 * @returns {import('./scenario.mjs').Scenario}
 */
function startStop(count, targets) {
  const each = (count - 2) / 2;
  return {
    name: `start-stop-${count}`,
    figures: [
      { key: 'startSeconds', label: 'start s', atMost: targets.start },
      { key: 'stopSeconds', label: 'stop s', ...(targets.stop ? { atMost: targets.stop } : {}) },
      { key: 'residentMb', label: 'RSS MB/server', atMost: 62 },
    ],
    async measure(system, processes, quick) {
      const running = await system.start(processes, 'many', { gates: 1, connectors: each, chats: each });
      await sleep(quick ? 1000 : 3000);
      const residentMb = median(running.pids.map(residentKb)) / 1024;
      const stopping = performance.now();
      await running.stop();
      const stopSeconds = (performance.now() - stopping) / 1000;
      return { startSeconds: running.startSeconds, stopSeconds, residentMb };
    },
  };
}

export const startStop6 = startStop(6, { start: 1.0, stop: 1.0 });
export const startStop20 = startStop(20, { start: 2.6 });
