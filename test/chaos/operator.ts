import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandResult, TestGame } from '../helpers/cluster-process.js';
import type { LabHost } from '../helpers/netlab.js';

/** A row of `list --json`. */
export interface Row {
  readonly id: string;
  readonly state: string;
  readonly pid?: number;
  readonly host: string;
}

/** How long a command may take, whatever is done to the game meanwhile, in ms. */
const commandMs = 90_000;
/** How long an operator tries the same again, in ms. */
const patienceMs = 60_000;

/** Somebody who gives commands on hosts of a game, on another one each time. */
export class Operator {
  /** Commands that did not end. */
  readonly hung: string[] = [];
  /** Servers that commands have stopped or started: where that failed, it is for the operator to start them. */
  readonly touched = new Set<string>();
  readonly #game: TestGame;
  readonly #hosts: () => readonly LabHost[];
  readonly #running = new Set<Promise<unknown>>();
  #turn = 0;

  /** `hosts` are those that are on and where commands find the master. */
  constructor(game: TestGame, hosts: () => readonly LabHost[]) {
    this.#game = game;
    this.#hosts = hosts;
  }

  /** Runs a command to its end. */
  async run(name: string, ...args: readonly string[]): Promise<CommandResult> {
    const hosts = this.#hosts();
    if (hosts.length === 0) return { code: 1, stdout: '', stderr: 'the host for commands has no power' };
    this.#game.on = hosts[this.#turn++ % hosts.length];
    const command = this.#game.begin(name, ...args, '-e', 'production');
    const timer = setTimeout(() => {
      this.hung.push([name, ...args].join(' '));
      command.child.kill('SIGKILL');
    }, commandMs);
    this.#running.add(command.ended);
    const result = await command.ended;
    this.#running.delete(command.ended);
    clearTimeout(timer);
    return result;
  }

  /** What `list` says. */
  async rows(): Promise<readonly Row[]> {
    const { stdout, stderr } = await this.run('list', '--json');
    if (!stdout) throw new Error(stderr.trim());
    return JSON.parse(stdout) as Row[];
  }

  /** Gives a command again and again until the list shows what it is for, or the patience is over. */
  async insist(
    isSo: (rows: readonly Row[]) => boolean,
    name: string,
    ...args: readonly string[]
  ): Promise<void> {
    for (const end = performance.now() + patienceMs; performance.now() < end; await sleep(500)) {
      const rows = await this.rows().catch(() => undefined);
      if (rows && isSo(rows)) return;
      if (rows) await this.run(name, ...args);
    }
  }

  /** Waits until no command runs any more. */
  async idle(): Promise<void> {
    await Promise.all(this.#running);
  }

  /** Does what a list asks an operator for: has these servers and no others in the topology, and starts those that commands have left down. */
  async mend(rows: readonly Row[], serverIds: readonly string[]): Promise<void> {
    const missing = serverIds.filter((id) => !rows.some((row) => row.id === id));
    const extra = rows.map(({ id }) => id).filter((id) => !serverIds.includes(id));
    const down = rows.filter(({ id, state }) => /^(down|failed)$/.test(state) && this.touched.has(id));
    if (missing.length > 0) await this.run('add', ...missing);
    if (extra.length > 0) await this.run('remove', ...extra);
    for (const { id } of down) await this.run('start', '-i', id);
  }
}
