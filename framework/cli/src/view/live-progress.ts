import type { Progress } from '@pomelo-ts/master';
import { type DefaultRenderer, Listr, type ListrTaskWrapper, type SimpleRenderer } from 'listr2';
import { escaped } from './escaped.js';
import { operationNews } from './operation-news.js';
import type { ProgressView } from './progress-view.js';
import type { Step } from './steps.js';
import { showMs } from './units.js';

/** What servers are told to be while they stop. */
const stopStates: ReadonlySet<string> = new Set(['stopping', 'stopped', 'killed', 'unreached']);

/** One line of the drawing. */
interface StepLine {
  readonly step: Step;
  readonly waiting: Set<string>;
  /** How long it took so far; undefined when nothing was told of it. */
  ms: number | undefined;
  /** What it waits for beside its servers. */
  note: string;
  task: ListrTaskWrapper<unknown, typeof DefaultRenderer, typeof SimpleRenderer> | undefined;
  finish: (error?: Error) => void;
  readonly finished: Promise<void>;
}

/** A line for each step that is drawn again as its servers come or go. */
export class LiveProgress {
  readonly #lines: readonly StepLine[];
  readonly #width: number;
  readonly #drawing: Promise<unknown>;
  readonly #newsOf = operationNews();
  /** What comes after a failure is clearing up. */
  #failed = false;

  private constructor(steps: readonly Step[]) {
    this.#width = Math.max(10, ...steps.map(({ title }) => title.length));
    this.#lines = steps.map(lineOf);
    const list = new Listr(
      this.#lines.map((line) => ({
        title: this.#titleOf(line),
        task: (_, task) => {
          line.task = task;
          task.title = this.#titleOf(line); // it may be done before it is drawn
          return line.finished;
        },
      })),
      { registerSignalListeners: false, rendererOptions: { collapseErrors: true, showErrorMessage: false } },
    );
    this.#drawing = list.run().catch(() => {}); // the error is told by who has it
  }

  static begin(steps: readonly Step[]): ProgressView {
    const view = new LiveProgress(steps);
    return { onProgress: (progress) => view.#update(progress), end: (failed) => view.#end(failed) };
  }

  #update(progress: Progress): void {
    if (this.#failed) return;
    if (progress.kind === 'waiting') this.#note(`waits for ${progress.operation}`);
    else if (progress.kind === 'approval') this.#note(`waits for a second person to approve ${progress.id}`);
    else if (progress.kind === 'operation') this.#note(this.#newsOf(progress.operation));
    else if (progress.kind === 'server') this.#move(progress);
  }

  /** Says something of the whole beside the step that is under way. */
  #note(text: string | undefined): void {
    const line = this.#lines.find(({ waiting }) => waiting.size > 0) ?? this.#lines[0];
    if (!line || text === undefined) return;
    line.note = text;
    this.#draw(line);
  }

  #move({ id, state, ms }: Extract<Progress, { kind: 'server' }>): void {
    const doing = stopStates.has(state) ? 'stop' : 'start';
    const line = this.#lines.find(({ step }) => step.doing === doing && step.ids.includes(id));
    if (!line) return;
    for (const other of this.#lines) if (other !== line && other.waiting.size === 0) this.#finish(other);
    line.note = '';
    if (state === 'watched') line.note = `${id} is watched for ${showMs(ms)}`;
    else line.ms = Math.max(line.ms ?? 0, ms);
    if (state === 'failed') this.#failed = true;
    else if (state !== 'starting' && state !== 'stopping') line.waiting.delete(id);
    this.#draw(line);
    if (this.#failed) line.finish(new Error(`${id} failed`));
    else if (line.waiting.size === 0 && !line.step.watched) line.finish();
  }

  /** A step whose servers are watched is done when the next one begins, or all is. */
  #finish(line: StepLine): void {
    if (line.note !== '') {
      line.note = '';
      this.#draw(line);
    }
    line.finish();
  }

  async #end(failed: boolean): Promise<void> {
    for (const line of this.#lines) {
      if (!failed && line.waiting.size > 0) {
        line.waiting.clear(); // of servers that were so already nothing is told
        this.#draw(line);
      }
      if (failed) line.finish(new Error('not done'));
      else this.#finish(line);
    }
    await this.#drawing;
  }

  #draw(line: StepLine): void {
    if (line.task) line.task.title = this.#titleOf(line);
  }

  #titleOf({ step, waiting, ms, note }: StepLine): string {
    const done = step.ids.length - waiting.size;
    const head = `${step.title.padEnd(this.#width)} ${done}/${step.ids.length}`;
    const [first, ...more] = waiting;
    if (note) return `${head}  ${escaped(note)}`;
    if (first !== undefined)
      return `${head}  ${escaped(first)}${more.length ? ` and ${more.length} more` : ''}`;
    return ms === undefined ? head : `${head}  ${showMs(ms)}`;
  }
}

function lineOf(step: Step): StepLine {
  let finish: StepLine['finish'] = () => {};
  const finished = new Promise<void>((resolve, reject) => {
    finish = (error) => (error ? reject(error) : resolve());
  });
  finished.catch(() => {}); // a line that was not drawn yet has nobody to hear it
  return { step, waiting: new Set(step.ids), ms: undefined, note: '', task: undefined, finish, finished };
}
