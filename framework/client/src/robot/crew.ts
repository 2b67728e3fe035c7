import { backoffMs } from '../backoff.js';
import { Measures, type MeasuresDelta } from './measures.js';
import type { Start } from './ramp.js';
import { type RobotState, type RobotSurroundings, ScriptedRobot } from './scripted-robot.js';
import { RoundOver, Waits } from './waits.js';

/** How many robots are in each state. */
export type UserCounts = Readonly<Record<RobotState, number>>;

/** What one worker tells of one second. */
export interface Sample extends MeasuresDelta {
  readonly users: UserCounts;
}

export interface CrewOptions extends Omit<RobotSurroundings, 'measures' | 'onState'> {
  readonly starts: readonly Start[];
  /** One round each instead of rounds until the end. */
  readonly once: boolean;
}

/** Without an end that is given, a player that fails this often in a row has failed. */
const attempts = 5;
/** Ceilings of the wait after an error: the first, and the largest. */
const restMs = { min: 500, max: 15_000 };

/** The robots of one worker. */
export class Crew {
  readonly #options: CrewOptions;
  readonly #measures = new Measures();
  readonly #robots: ScriptedRobot[] = [];
  readonly #waits = new Waits();
  readonly #users: Record<RobotState, number>;
  #playing: Promise<unknown> = Promise.resolve();

  constructor(options: CrewOptions) {
    this.#options = options;
    this.#users = { waiting: options.starts.length, connecting: 0, active: 0, failed: 0, done: 0 };
  }

  /** Resolves when all have played: with `once` by themselves, else after {@link end}. */
  play(): Promise<void> {
    const surroundings: RobotSurroundings = {
      ...this.#options,
      measures: this.#measures,
      onState: (from, to) => {
        this.#users[from]--;
        this.#users[to]++;
      },
    };
    const all = this.#options.starts.map(async ({ index, atMs }) => {
      const robot = new ScriptedRobot(index, surroundings);
      this.#robots.push(robot);
      if (!(await this.#rest(atMs))) return;
      await this.#rounds(robot);
    });
    this.#playing = Promise.all(all);
    return this.#playing.then(() => {});
  }

  /** Lets robots wait up to `graceMs` for answers, then closes their connections. */
  async end(graceMs: number): Promise<void> {
    this.#waits.end(new RoundOver());
    for (const robot of this.#robots) robot.end();
    const { promise, stop } = timeout(graceMs);
    await Promise.race([this.#playing, promise]);
    stop();
    await Promise.all(this.#robots.map((robot) => robot.close()));
  }

  /** What has happened since the last time. */
  take(): Sample {
    return { ...this.#measures.take(), users: { ...this.#users } };
  }

  /** An error of the script that belongs to no robot. */
  thrown(error: unknown): void {
    if (!(error instanceof RoundOver)) this.#measures.thrown(error, 'script');
  }

  async #rounds(robot: ScriptedRobot): Promise<void> {
    const { once } = this.#options;
    for (let failures = 0; robot.running; ) {
      const begun = performance.now();
      const fine = await this.#round(robot);
      if (!robot.running || (fine && once)) break;
      // Whoever has played for long was not one that cannot get in.
      failures = fine ? 0 : performance.now() - begun > restMs.max ? 1 : failures + 1;
      if (fine) continue;
      robot.state = 'failed';
      if (once && failures >= attempts) return;
      await this.#rest(backoffMs(failures - 1, restMs.min, restMs.max, robot.random));
    }
    robot.state = 'done';
  }

  /** Whether it was played to its end. */
  async #round(robot: ScriptedRobot): Promise<boolean> {
    robot.state = 'active';
    try {
      await this.#options.script.player(robot);
      robot.rounds++;
      this.#measures.count('round', 'round');
      return true;
    } catch (error) {
      if (robot.running) this.#measures.thrown(error);
      return false;
    } finally {
      await robot.endRound();
      // A round that waits for nothing must not keep the others from playing.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** False when the end came before. */
  #rest(ms: number): Promise<boolean> {
    return this.#waits.pause(ms).then(
      () => true,
      () => false,
    );
  }
}

function timeout(ms: number): { promise: Promise<void>; stop: () => void } {
  let stop = () => {};
  const promise = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    stop = () => clearTimeout(timer);
  });
  return { promise, stop };
}
