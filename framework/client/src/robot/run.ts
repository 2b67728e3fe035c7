import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { RunDefaults, RunInfo, Target } from './definition.js';
import { openFileLimit, openFilesWarning } from './open-files.js';
import { type RobotReport, reportOf } from './report.js';
import { requireRun } from './require-run.js';
import { Tally } from './tally.js';
import { parseThreshold, type Threshold } from './thresholds.js';
import { WorkerProcess } from './workers.js';

/** A load test to be run. What is undefined is as the script says, or has its default. */
export interface RobotRunOptions {
  /** The script, as JavaScript. */
  readonly script: string;
  /** What messages and the report call the script. Default: its path. */
  readonly name?: string;
  readonly target: Target;
  readonly users?: number | undefined;
  readonly rampMs?: number | undefined;
  readonly durationMs?: number | undefined;
  readonly workers?: number | undefined;
  readonly seed?: number | undefined;
  /** Added to those of the script. */
  readonly thresholds?: readonly string[];
  /** Told after each second, when all workers have told what it brought. */
  readonly onProgress?: (report: RobotReport) => void;
  /** Told at once what makes the figures doubtful, such as a worker that has died. The report has it too. */
  readonly onWarning?: (warning: string) => void;
  /** What scripts print, line by line. */
  readonly onLine?: (line: string) => void;
}

/** A load test that runs. */
export interface RobotRun {
  readonly info: RunInfo;
  /** Resolves when all robots have ended. */
  readonly ended: Promise<RobotReport>;
  /** Ends the run before its time; there is a report. */
  stop(): void;
  /** Ends the processes at once. */
  kill(): void;
}

/**
 * Runs a script of robots in worker processes of its own.
 *
 * @example
 * const run = await runRobots({ script: '/game/robot/players.js', target: { gate: 'ws://127.0.0.1:3014' }, users: 100 });
 * const report = await run.ended;
 * if (!report.passed) process.exitCode = 1;
 * @throws RobotError for a script or options that cannot be used; nothing was started then
 */
export async function runRobots(options: RobotRunOptions): Promise<RobotRun> {
  const crew = new Workers(options);
  try {
    await crew.prepare();
    return crew.play();
  } catch (error) {
    crew.kill();
    throw error;
  }
}

/** Workers and what they tell. */
class Workers {
  readonly #options: RobotRunOptions;
  readonly #name: string;
  readonly #tally = new Tally();
  readonly #workers: WorkerProcess[] = [];
  /** Whole seconds that each worker has told of; infinite for one that has ended. */
  readonly #heard: number[] = [];
  readonly #warnings: string[] = [];
  #lost = 0;
  #thresholds: readonly Threshold[] = [];
  #run: RunInfo | undefined;
  #startedAt = new Date();
  #begun = 0;
  #endedMs: number | undefined;
  #ended: RobotReport['ended'] = 'done';
  #told = 0;

  constructor(options: RobotRunOptions) {
    this.#options = options;
    this.#name = options.name ?? options.script;
  }

  /** The first worker alone loads the script: what is wrong with it is told once. */
  async prepare(): Promise<void> {
    const { script, thresholds = [] } = this.#options;
    const load = { kind: 'load', script, name: this.#name } as const;
    const first = this.#add();
    const { defaults, thresholds: own } = await first.ask(load, 'loaded');
    this.#thresholds = [...own, ...thresholds].map(parseThreshold);
    const run = this.#settle(defaults);
    this.#run = run;
    const warning = openFilesWarning(run.users, run.workers, openFileLimit());
    if (warning !== undefined) this.#warn(warning);
    while (this.#workers.length < run.workers) this.#add();
    await Promise.all(this.#workers.slice(1).map((worker) => worker.ask(load, 'loaded')));
    await Promise.all(
      this.#workers.map((worker, i) => worker.ask({ kind: 'prepare', run: { ...run, worker: i } }, 'ready')),
    );
  }

  play(): RobotRun {
    this.#startedAt = new Date();
    this.#begun = performance.now();
    const { durationMs } = this.#run!;
    const timer = durationMs === undefined ? undefined : setTimeout(() => this.#end('duration'), durationMs);
    const ended = Promise.all(
      this.#workers.map(async (worker, i) => {
        const reason = await worker.play();
        if (reason !== undefined) this.#lose(i, reason);
        this.#hear(i, Number.POSITIVE_INFINITY);
      }),
    ).then(() => {
      clearTimeout(timer);
      this.#over('done');
      return this.#report(this.#endedMs!);
    });
    return { info: this.#run!, ended, stop: () => this.#end('stopped'), kill: () => this.kill() };
  }

  kill(): void {
    for (const worker of this.#workers) worker.kill();
  }

  #add(): WorkerProcess {
    const index = this.#workers.length;
    const worker = new WorkerProcess({
      onLine: (line) => this.#options.onLine?.(line),
      onSample: ({ second, seconds, busy, sample }) => {
        this.#tally.add(index, { second, seconds, busy, last: this.#lastSecond() }, sample);
        this.#hear(index, second + 1);
      },
    });
    this.#workers.push(worker);
    this.#heard.push(0);
    return worker;
  }

  /** A second is told of when it is whole: one worker's part of it alone would be a wrong figure. */
  #hear(index: number, seconds: number): void {
    this.#heard[index] = seconds;
    const whole = Math.min(...this.#heard);
    if (whole <= this.#told || whole === Number.POSITIVE_INFINITY) return;
    this.#told = whole;
    const elapsedMs = Math.min(whole * 1000, this.#endedMs ?? Number.POSITIVE_INFINITY);
    this.#options.onProgress?.(this.#report(elapsedMs));
  }

  /** Less than half a second at the end is a part of the one before. */
  #lastSecond(): number {
    if (this.#endedMs === undefined) return Number.POSITIVE_INFINITY;
    return Math.max(Math.round(this.#endedMs / 1000) - 1, 0);
  }

  #settle(defaults: RunDefaults): RunInfo {
    const { target, users, rampMs, durationMs, workers, seed } = this.#options;
    const all = users ?? defaults.users ?? 1;
    const run: RunInfo = {
      target,
      users: all,
      rampMs: rampMs ?? defaults.rampMs ?? 0,
      durationMs: durationMs ?? defaults.durationMs,
      workers: Math.min(workers ?? defaults.workers ?? availableParallelism(), all),
      seed: seed ?? defaults.seed ?? randomInt(2 ** 31),
      worker: 0,
    };
    requireRun(run);
    return run;
  }

  #end(how: RobotReport['ended']): void {
    this.#over(how);
    for (const worker of this.#workers) worker.end();
  }

  #over(how: RobotReport['ended']): void {
    if (this.#endedMs !== undefined) return;
    this.#endedMs = performance.now() - this.#begun;
    this.#ended = how;
  }

  #lose(index: number, reason: string): void {
    const { users, workers } = this.#run!;
    const problem = `worker ${index + 1} of ${workers} ended before its time (${reason}): its robots are missing from then on`;
    this.#lost++;
    this.#tally.lost(index, Math.ceil((users - index) / workers), problem, performance.now() - this.#begun);
    this.#warn(problem);
  }

  #warn(warning: string): void {
    this.#warnings.push(warning);
    this.#options.onWarning?.(warning);
  }

  #report(elapsedMs: number): RobotReport {
    return reportOf({
      script: this.#name,
      startedAt: this.#startedAt,
      elapsedMs,
      ended: this.#ended,
      run: this.#run!,
      thresholds: this.#thresholds,
      tally: this.#tally,
      lostWorkers: this.#lost,
      warnings: this.#warnings,
    });
  }
}
