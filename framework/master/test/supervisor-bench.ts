import type { ServerEntry, ServerSettings } from '@pomelo-ts/cluster';
import { LinkHub } from '@pomelo-ts/cluster/masters';
import { type LogFacts, silentLogger } from '@pomelo-ts/common';
import { FakeClock } from '@pomelo-ts/common/testing';
import type { Progress } from '../src/long-operations/progress.js';
import { awakeClock } from '../src/supervisor/awake-clock.js';
import { Supervisor } from '../src/supervisor.js';
import { MemoryLauncher } from './memory-launcher.js';
import { ProcessClock } from './process-clock.js';

export function entry(id: string, more: Partial<ServerEntry> = {}): ServerEntry {
  const type = id.split('-')[0]!;
  const frontend = type !== 'chat';
  const plain = { host: '127.0.0.1', weight: 1, args: [], autoRestart: false, restartForce: false };
  return { ...plain, id, type, frontend, ...more };
}

const usual = { minBackOffMs: 1000, maxBackOffMs: 30_000, limit: 10, withinMs: 300_000 };

/** A supervisor of servers inside this process, with a clock that stands still. */
export class Bench {
  readonly clock = new FakeClock();
  readonly hub: LinkHub;
  readonly launcher: MemoryLauncher;
  readonly supervisor: Supervisor;
  readonly told: string[] = [];
  readonly logged: string[] = [];
  leads = true;

  /** Servers that drain, each time that the next master is left word of them. */
  readonly kept: (readonly string[])[] = [];
  /** The clock of the master's own process. */
  readonly own: ProcessClock;

  constructor(
    servers: readonly ServerEntry[],
    { stopTimeoutMs = 1000, restart = usual, hangMs = 3000 } = {},
  ) {
    this.own = new ProcessClock(this.clock);
    const clock = awakeClock(this.own);
    this.hub = new LinkHub({
      serverIds: () => servers.map(({ id }) => id),
      settingsOf: (id) => ({ server: servers.find((server) => server.id === id)! }) as ServerSettings,
      clock,
    });
    this.launcher = new MemoryLauncher(() => this.hub, this.clock);
    const note = (message: string, facts: LogFacts = {}) =>
      void this.logged.push(`${facts['serverId']} ${message}`);
    this.supervisor = new Supervisor({
      servers,
      hub: this.hub,
      hosts: this.launcher,
      onKeptChanged: () => void this.kept.push(this.supervisor.drained),
      leads: () => this.leads,
      bootData: (id, bootId) => ({
        id,
        bootId,
        masters: [],
        keys: { link: [], rpc: [] },
        buildId: 'b',
        root: '/',
        exitWithParent: false,
      }),
      timing: () => ({ startTimeoutMs: 5000, stopTimeoutMs, restart }),
      hangMs,
      clock,
      logger: { ...silentLogger, warn: note, error: note },
      random: () => 1,
    });
  }

  readonly tell = (progress: Progress) => {
    if (progress.kind === 'tier') this.told.push(`${progress.doing} ${progress.name}`);
    else if (progress.kind === 'server') this.told.push(`${progress.id} ${progress.state}`);
  };

  start(...ids: string[]) {
    return this.supervisor.start(ids, this.tell);
  }

  stop(...ids: string[]) {
    return this.supervisor.stop(ids, this.tell);
  }

  /** Lets time pass in steps, with room for what it sets off. */
  async pass(ms: number, stepMs = 500): Promise<void> {
    for (let passed = 0; passed < ms; passed += stepMs) {
      this.clock.pass(Math.min(stepMs, ms - passed));
      await quiet();
    }
  }

  state(id: string): string {
    return this.supervisor.record(id).state;
  }

  [Symbol.dispose](): void {
    for (const life of Object.values(this.launcher.lives).flat()) life.end({ code: 0, signal: null });
    this.hub.close();
  }
}

/** Lets everything happen that waits for no clock. */
export async function quiet(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
}
