import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningCommand, TestGame } from '../helpers/cluster-process.js';
import type { LabHost } from '../helpers/netlab.js';

const againMs = 500;

/** The masters of a game, each started again whenever it has ended, as systemd would do it. */
export class Masters {
  readonly #game: TestGame;
  readonly #hosts: readonly LabHost[];
  readonly #present: (RunningCommand | undefined)[];
  readonly #begun: RunningCommand[] = [];
  #ended = false;
  readonly #loops: readonly Promise<void>[];

  constructor(game: TestGame, hosts: readonly LabHost[], isOn: (host: LabHost) => boolean) {
    this.#game = game;
    this.#hosts = hosts;
    this.#present = hosts.map(() => undefined);
    this.#loops = hosts.map((host, at) => this.#keep(host, at, isOn));
  }

  /** The master on each host, while it runs. */
  get present(): readonly (RunningCommand | undefined)[] {
    return this.#present;
  }

  /** What all of them have said. */
  get said(): string {
    return this.#begun.map(({ stdout, stderr }) => stdout + stderr).join('');
  }

  /** Signals the master that runs on one of the hosts; gives what lets it go on after a SIGSTOP. */
  signal(number: number, signal: 'SIGKILL' | 'SIGSTOP'): () => void {
    const child = this.#present[number % this.#present.length]?.child;
    child?.kill(signal);
    return () => void child?.kill('SIGCONT');
  }

  /** Starts none any more. */
  leave(): void {
    this.#ended = true;
  }

  /** Starts none any more, and kills those that run. */
  async end(): Promise<void> {
    this.leave();
    for (const at of this.#hosts.keys()) this.signal(at, 'SIGKILL');
    await Promise.all(this.#loops);
  }

  async #keep(host: LabHost, at: number, isOn: (host: LabHost) => boolean): Promise<void> {
    while (!this.#ended) {
      if (isOn(host)) {
        this.#game.on = host;
        const master = this.#game.begin('start', '-e', 'production');
        this.#present[at] = master;
        this.#begun.push(master);
        await master.ended;
        this.#present[at] = undefined;
      }
      await sleep(againMs);
    }
  }
}
