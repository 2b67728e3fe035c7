import type { OwnStats, ServerStats } from '../link/messages.js';

/** Measures this process between two calls. */
export class StatsMeter {
  #lastCpu = process.cpuUsage();
  #lastTime = performance.now();
  #rssBytes = 0;

  measure(own: OwnStats): ServerStats {
    const used = process.cpuUsage(this.#lastCpu);
    const now = performance.now();
    const cpu = (used.user + used.system) / 1000 / Math.max(1, now - this.#lastTime);
    this.#lastCpu = process.cpuUsage();
    this.#lastTime = now;
    return {
      connections: own.connections ?? 0,
      counters: own.counters ?? {},
      rssBytes: this.#residentBytes(),
      cpu: Math.round(cpu * 1000) / 1000,
      uptime: Math.round(process.uptime()),
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
