import { serves, takesNew } from '@pomelo-ts/cluster';
import type { LinkHub } from '@pomelo-ts/cluster/masters';
import { type Clock, PomeloError } from '@pomelo-ts/common';
import type { OnProgress } from '../long-operations/progress.js';
import type { ServerRecord } from '../supervisor/server-record.js';
import type { Supervisor } from '../supervisor.js';
import { tellTakesNew } from './takes-new.js';

/** What {@link Draining} works with. */
export interface DrainingParts {
  readonly hub: LinkHub;
  readonly supervisor: Supervisor;
  readonly clock: Clock;
  /** Told when another server drains than before, which the next master must know. */
  onChanged(): void;
}

/**
 * Has servers drain, and take new work again. It is kept until somebody takes it back, or stops or restarts the server: a life that the
 * master begins by itself, after a crash, drains too.
 */
export class Draining {
  readonly #parts: DrainingParts;

  constructor(parts: DrainingParts) {
    this.#parts = parts;
  }

  /**
   * Has those of `ids` that run drain; `named` are those that somebody has asked for by their ids. One that cannot be told now drains as
   * soon as it is back. Gives the ids of those that have not drained before.
   *
   * @throws DRAIN_LEAVES_NONE, unless `force`, when no other server of their type takes new work; SERVER_SILENT for one that is named and
   * does not run, and for one that does not say in time that it has heard: the others have changed
   */
  async drain(
    ids: readonly string[],
    named: readonly string[],
    { force = false }: { readonly force?: boolean },
    onProgress: OnProgress,
  ): Promise<readonly string[]> {
    const records = this.#parts.supervisor.recordsOf(ids);
    const down = records.find((record) => !runs(record) && named.includes(record.id));
    if (down) throw notRunning(down);
    const changed = records.filter((record) => runs(record) && !this.#is(record, true));
    if (!force) this.#requireOthers(changed);
    return this.#change(changed, true, onProgress);
  }

  /** Has those of `ids` that drain take new work again; gives their ids. @throws SERVER_SILENT as {@link drain} */
  undrain(ids: readonly string[], onProgress: OnProgress): Promise<readonly string[]> {
    const records = this.#parts.supervisor.recordsOf(ids);
    const changed = records.filter((record) => record.drains === true || !this.#is(record, false));
    return this.#change(changed, false, onProgress);
  }

  /** Whether that is so already, by the wish of operators and by the word of the server. */
  #is(record: ServerRecord, drains: boolean): boolean {
    const { state } = this.#parts.hub.registry.get(record.id) ?? {};
    const opposite = drains ? 'ready' : 'draining';
    return (record.drains ?? false) === drains && state !== opposite;
  }

  /** With nobody left to take new work, a drain would turn nobody away: being served by one that drains is better than by nobody. */
  #requireOthers(changed: readonly ServerRecord[]): void {
    const { supervisor, hub } = this.#parts;
    for (const type of new Set(changed.map(({ entry }) => entry.type))) {
      const own = changed.filter(({ entry }) => entry.type === type);
      const left = supervisor.records.some((record) => {
        const entry = hub.registry.get(record.id);
        const takes = entry && takesNew(entry) && !record.drains;
        return record.entry.type === type && !own.includes(record) && takes;
      });
      if (!left) throw leavesNone(type, own);
    }
  }

  async #change(
    records: readonly ServerRecord[],
    drains: boolean,
    onProgress: OnProgress,
  ): Promise<readonly string[]> {
    for (const record of records) record.drains = drains;
    if (records.length > 0) this.#parts.onChanged();
    const tellings = records.map((record) => this.#tell(record, drains, onProgress));
    for (const told of await Promise.allSettled(tellings)) if (told.status === 'rejected') throw told.reason;
    return records.map(({ id }) => id);
  }

  async #tell({ id, state }: ServerRecord, drains: boolean, onProgress: OnProgress): Promise<void> {
    const { hub, clock } = this.#parts;
    const begun = clock.now();
    const entry = hub.registry.get(id);
    if (entry && serves(entry) && (await tellTakesNew(this.#parts, id, !drains)))
      onProgress({
        kind: 'server',
        id,
        state: drains ? 'draining' : 'takes new work',
        ms: Math.round(clock.now() - begun),
      });
    else if (drains)
      onProgress({ kind: 'warning', text: `${id} is ${entry ? 'lost' : state}: it drains once it is back` });
  }
}

const runs = ({ wanted, process }: ServerRecord): boolean => wanted || process !== undefined;

function notRunning({ id: serverId, state }: ServerRecord): PomeloError {
  const reason = `it is ${state}, and has nothing to drain`;
  return new PomeloError('SERVER_SILENT', { serverId, command: 'drain', reason });
}

function leavesNone(type: string, records: readonly ServerRecord[]): PomeloError {
  const why = records.some(({ entry }) => entry.frontend)
    ? 'Gates would still send new clients to them, and a load balancer that asks /readyz would send them nowhere.'
    : 'New sessions would still be sent to them.';
  return new PomeloError('DRAIN_LEAVES_NONE', { type, ids: records.map(({ id }) => id).join(', '), why });
}
