import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { FromWorker, ToWorker } from './messages.js';
import { RobotError } from './robot-error.js';

type Said<K extends FromWorker['kind']> = Extract<FromWorker, { kind: K }>;

/** What is heard of a worker while it plays. */
export interface WorkerEvents {
  onSample(sample: Said<'sample'>): void;
  onLine(line: string): void;
}

/** Longest time from the end of the run until a worker has ended: it waits five seconds for answers. */
const endMs = 10_000;

/** One worker process, seen from the process that has started it. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #events: WorkerEvents;
  readonly #exit: Promise<string>;
  #waiting: ((message: FromWorker) => void) | undefined;
  #ended = false;
  #timer: NodeJS.Timeout | undefined;
  #overdue = false;

  constructor(events: WorkerEvents) {
    const file = fileURLToPath(new URL('./worker-main.js', import.meta.url));
    this.#events = events;
    this.#child = fork(file, { silent: true });
    for (const stream of [this.#child.stdout!, this.#child.stderr!])
      createInterface({ input: stream }).on('line', (line) => events.onLine(line));
    this.#child.on('message', (message: FromWorker) => this.#hear(message));
    this.#exit = new Promise((resolve) => {
      this.#child.once('error', (error) => resolve(error.message));
      this.#child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
  }

  /** Says something, and gives the answer. @throws RobotError when the script cannot be used */
  async ask<K extends 'loaded' | 'ready'>(message: ToWorker, answer: K): Promise<Said<K>> {
    const answered = new Promise<FromWorker>((resolve) => {
      this.#waiting = resolve;
    });
    this.#send(message);
    const ended = this.#exit.then((reason) => {
      throw new RobotError(`the script ended its process before it began to play: ${reason}`);
    });
    const said = await Promise.race([answered, ended]);
    if (said.kind === 'refused') throw new RobotError(said.message);
    if (said.kind !== answer) throw new Error(`expected ${answer} of a worker; got ${said.kind}`);
    return said as Said<K>;
  }

  /** Resolves when it has ended: with the reason when not in good order. */
  async play(): Promise<string | undefined> {
    this.#send({ kind: 'play' });
    const reason = await this.#exit;
    clearTimeout(this.#timer);
    if (this.#ended) return undefined;
    return this.#overdue ? `it had not ended ${endMs / 1000} s after the end of the run` : reason;
  }

  end(): void {
    this.#send({ kind: 'end' });
    this.#timer ??= setTimeout(() => {
      this.#overdue = true;
      this.kill();
    }, endMs);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #send(message: ToWorker): void {
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  #hear(message: FromWorker): void {
    if (message.kind === 'sample') this.#events.onSample(message);
    else if (message.kind === 'ended') {
      this.#ended = true;
      this.#child.disconnect();
    } else this.#waiting?.(message);
  }
}
