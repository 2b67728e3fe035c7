import { performance } from 'node:perf_hooks';
import { Crew } from './crew.js';
import type { RobotScript, RunInfo } from './definition.js';
import { loadProblem, loadScript } from './load-script.js';
import type { FromWorker, ToWorker } from './messages.js';
import { rampOf } from './ramp.js';
import { RobotError } from './robot-error.js';

/*
 * One worker process of a load test: it plays its part of the robots and tells once a second what they have seen. Whether and
 * when it ends is for the process to say that has started it.
 */

const sampleMs = 1000;
/** How long answers are waited for after the end of the run. */
const graceMs = 5000;

process.setSourceMapsEnabled(true);
// Ctrl-C in a terminal is for every process there: this one is told what to do by its parent.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('disconnect', () => process.exit(0));

const tell = (message: FromWorker) => process.send?.(message, () => {});

class Worker {
  #name = '';
  #file = '';
  #script: RobotScript | undefined;
  #run: RunInfo | undefined;
  #crew: Crew | undefined;
  #begun = 0;
  #told = -1;
  #ending: Promise<void> | undefined;
  #load = performance.eventLoopUtilization();
  #sampledAt = 0;
  #closing = false;

  async hear(message: ToWorker): Promise<void> {
    if (message.kind === 'load') await this.#loadScript(message.script, message.name);
    else if (message.kind === 'prepare') await this.#prepare(message.run);
    else if (message.kind === 'play') this.#play();
    else await this.#end();
  }

  async #loadScript(file: string, name: string): Promise<void> {
    this.#file = file;
    this.#name = name;
    const script = await loadScript(file, name);
    this.#script = script;
    tell({ kind: 'loaded', defaults: script.options ?? {}, thresholds: script.thresholds ?? [] });
  }

  async #prepare(run: RunInfo): Promise<void> {
    this.#run = run;
    try {
      await this.#script!.setUp?.(run);
    } catch (error) {
      throw new RobotError(loadProblem(error, this.#file, `setUp of ${this.#name}`), { cause: error });
    }
    tell({ kind: 'ready' });
  }

  #play(): void {
    const run = this.#run!;
    const { target, seed, durationMs } = run;
    const script = this.#script!;
    const crew = new Crew({ script, target, seed, starts: rampOf(run), once: durationMs === undefined });
    this.#crew = crew;
    const onStray = (error: unknown) => crew.thrown(error);
    process.on('unhandledRejection', onStray);
    process.on('uncaughtException', onStray);
    this.#begun = performance.now();
    this.#sampleAgain();
    void crew.play().then(() => this.#end());
  }

  /** Once, whoever asks for it. */
  #end(): Promise<void> {
    this.#ending ??= this.#close();
    return this.#ending;
  }

  async #close(): Promise<void> {
    // Half a second or less is told as a part of the one before.
    this.#sample(Math.max(this.#told, 0));
    this.#closing = true;
    await this.#crew?.end(graceMs);
    this.#sample(this.#told);
    tell({ kind: 'ended' });
  }

  /** After each whole second of the run, however late the one before came. */
  #sampleAgain(): void {
    const dueMs = (this.#told + 2) * sampleMs;
    setTimeout(
      () => {
        this.#sample(this.#told + 1);
        this.#sampleAgain();
      },
      dueMs - (performance.now() - this.#begun),
    );
  }

  /** Tells what has come together: it belongs to the second that lies behind, and to none before `earliest`. */
  #sample(earliest: number): void {
    const crew = this.#crew;
    if (!crew) return;
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.#load);
    // A short time says nothing, and closing connections is no part of the load.
    const counts = !this.#closing && performance.now() - this.#sampledAt > sampleMs / 2;
    const busy = counts ? utilization : 0;
    this.#sampledAt = performance.now();
    this.#load = now;
    const second = Math.max(earliest, Math.round((performance.now() - this.#begun) / sampleMs) - 1);
    const seconds = this.#closing ? 0 : Math.max(second - this.#told, 1);
    this.#told = second;
    tell({ kind: 'sample', second, seconds, busy, sample: crew.take() });
  }
}

const worker = new Worker();
process.on('message', (message: ToWorker) => {
  worker.hear(message).catch((error: unknown) => {
    const known = error instanceof RobotError;
    tell({ kind: 'refused', message: known ? error.message : String((error as Error).stack ?? error) });
  });
});
