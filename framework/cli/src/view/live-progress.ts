import type { Tier } from '@pomelo-ts/cluster';
import type { Progress } from '@pomelo-ts/master';
import { type DefaultRenderer, Listr, type ListrTaskWrapper, type SimpleRenderer } from 'listr2';
import type { ProgressView } from './progress-view.js';
import { showMs } from './units.js';

/** One line of the drawing. */
interface TierLine {
  readonly tier: Tier;
  readonly waiting: Set<string>;
  ms: number;
  task: ListrTaskWrapper<unknown, typeof DefaultRenderer, typeof SimpleRenderer> | undefined;
  finish: (error?: Error) => void;
  readonly finished: Promise<void>;
}

/** A line for each tier that is drawn again as its servers come or go. */
export class LiveProgress {
  readonly #lines: readonly TierLine[];
  readonly #drawing: Promise<unknown>;
  /** What comes after a failure is clearing up. */
  #failed = false;

  private constructor(tiers: readonly Tier[]) {
    this.#lines = tiers.map(lineOf);
    const list = new Listr(
      this.#lines.map((line) => ({
        title: titleOf(line),
        task: (_, task) => {
          line.task = task;
          task.title = titleOf(line); // it may be done before it is drawn
          return line.finished;
        },
      })),
      { registerSignalListeners: false, rendererOptions: { collapseErrors: true, showErrorMessage: false } },
    );
    this.#drawing = list.run().catch(() => {}); // the error is told by who has it
  }

  static begin(tiers: readonly Tier[]): ProgressView {
    const view = new LiveProgress(tiers);
    return { onProgress: (progress) => view.#update(progress), end: (failed) => view.#end(failed) };
  }

  #update(progress: Progress): void {
    if (progress.kind === 'tier' || this.#failed) return;
    const line = this.#lines.find(({ tier }) => tier.ids.includes(progress.id));
    if (!line) return;
    line.ms = Math.max(line.ms, progress.ms);
    const { state } = progress;
    if (state === 'failed') this.#failed = true;
    else if (state !== 'starting' && state !== 'stopping') line.waiting.delete(progress.id);
    if (line.task) line.task.title = titleOf(line);
    if (this.#failed) line.finish(new Error(`${progress.id} failed`));
    else if (line.waiting.size === 0) line.finish();
  }

  async #end(failed: boolean): Promise<void> {
    for (const { finish } of this.#lines) finish(failed ? new Error('not done') : undefined);
    await this.#drawing;
  }
}

function lineOf(tier: Tier): TierLine {
  let finish: TierLine['finish'] = () => {};
  const finished = new Promise<void>((resolve, reject) => {
    finish = (error) => (error ? reject(error) : resolve());
  });
  finished.catch(() => {}); // a line that was not drawn yet has nobody to hear it
  return { tier, waiting: new Set(tier.ids), ms: 0, task: undefined, finish, finished };
}

function titleOf({ tier, waiting, ms }: TierLine): string {
  const done = tier.ids.length - waiting.size;
  const head = `${tier.name.padEnd(10)} ${done}/${tier.ids.length}`;
  if (waiting.size === 0) return `${head}  ${showMs(ms)}`;
  const [first, ...more] = waiting;
  return `${head}  ${first}${more.length ? ` and ${more.length} more` : ''}`;
}
