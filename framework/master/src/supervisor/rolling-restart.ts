import { tiersOf } from '@pomelo-ts/cluster';
import { PomeloError, reasonOf } from '@pomelo-ts/common';
import type { Supervisor } from '../supervisor.js';
import type { OnProgress } from './progress.js';
import { showEnd } from './server-end.js';
import type { ServerRecord } from './server-record.js';

/**
 * Restarts servers so that a mistake costs as little as it can: backends, then connectors, then gates, and in each tier first one
 * server of each type. Only when those are ready the others follow. At the first that does not start it ends, and keeps all
 * that it has not touched yet.
 */
export class RollingRestart {
  readonly #supervisor: Supervisor;
  readonly #onProgress: OnProgress;

  constructor(supervisor: Supervisor, onProgress: OnProgress) {
    this.#supervisor = supervisor;
    this.#onProgress = onProgress;
  }

  /** @throws RESTART_FAILED */
  async run(ids: readonly string[]): Promise<void> {
    const records = ids.map((id) => this.#supervisor.record(id));
    const left = new Set(ids);
    for (const tier of tiersOf(records.map(({ entry }) => entry))) {
      const first = firstOfEachType(tier.ids.map((id) => this.#supervisor.record(id)));
      await this.#restart(first, left);
      await this.#restart(
        tier.ids.filter((id) => left.has(id)),
        left,
      );
    }
  }

  async #restart(ids: readonly string[], left: Set<string>): Promise<void> {
    if (ids.length === 0) return;
    await this.#supervisor.stop(ids, this.#onProgress);
    const ours = ids.filter((id) => !this.#supervisor.record(id).outside);
    const failed = new Map(await this.#supervisor.startEach(ours, this.#onProgress));
    for (const id of ours.filter((one) => !failed.has(one))) {
      const { state, end } = this.#supervisor.record(id); // ready once, but not for long
      if (state !== 'ready') failed.set(id, new Error(end ? showEnd(end) : `it is ${state}`));
    }
    for (const id of ids) if (!failed.has(id)) left.delete(id);
    const [first] = failed;
    if (first) throw this.#failure(first, [...failed.keys()], [...left]);
  }

  #failure(
    [serverId, error]: readonly [string, unknown],
    down: readonly string[],
    rest: readonly string[],
  ): PomeloError {
    const kept = rest.filter((id) => !down.includes(id));
    const running = kept.filter((id) => this.#supervisor.record(id).process);
    const left = [
      `Down: ${down.join(', ')}`,
      ...(running.length > 0 ? [`Not touched, still as before: ${running.join(', ')}`] : []),
    ];
    const facts = {
      serverId,
      reason: ownReason(serverId, error),
      left: `${left.join('\n')}\n`,
      rest: rest.join(' '),
    };
    return new PomeloError('RESTART_FAILED', facts, { cause: error });
  }
}

/** The server of each type that goes first: one that does not run, where there is one, as nobody would miss it. */
function firstOfEachType(records: readonly ServerRecord[]): readonly string[] {
  const types = new Set(records.map(({ entry }) => entry.type));
  return [...types].flatMap((type) => {
    const own = records.filter(({ entry, outside }) => entry.type === type && !outside);
    const first = own.find(({ process }) => !process) ?? own[0];
    return first ? [first.id] : [];
  });
}

/** The reason without the id of the server, which stands before it already. */
function ownReason(id: string, error: unknown): string {
  const reason = reasonOf(error);
  return reason.startsWith(`${id} `) ? reason.slice(id.length + 1) : reason;
}
