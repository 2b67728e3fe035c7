import type { OwnStatsAndReach, ServerStatsAndReach } from '../registry/reach.js';

/** Measures this process between two calls. */
export class StatsMeter {
  #lastCpu = process.cpuUsage();
  #lastTime = performance.now();
  #rssBytes = 0;

  measure(own: OwnStatsAndReach): ServerStatsAndReach {
    const used = process.cpuUsage(this.#lastCpu);
    const now = performance.now();
    const cpu = (used.user + used.system) / 1000 / Math.max(1, now - this.#lastTime);
    this.#lastCpu = process.cpuUsage();
    this.#lastTime = now;
    return {
      connections: own.connections ?? 0,
      rssBytes: this.#residentBytes(),
      cpu: Math.round(cpu * 1000) / 1000,
      uptime: Math.round(process.uptime()),
      ...(own.reach && { reach: own.reach }),
    };
  }

  #residentBytes(): number {
    try {
      this.#rssBytes = process.memoryUsage.rss();
    } catch {
      // It reads a file, which a process without a free file descriptor cannot: then the last figure stands.
    }
    return this.#rssBytes;
  }
}
