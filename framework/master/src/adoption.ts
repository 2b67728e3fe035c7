import type { ServerEntry } from '@pomelo-ts/cluster';
import { type Clock, type Logger, PomeloError } from '@pomelo-ts/common';
import type { Hosts } from './hosts/hosts.js';
import { awaitReady } from './supervisor/await-ready.js';
import type { Supervisor } from './supervisor.js';

/** What an {@link Adoption} works with. */
export interface AdoptionParts {
  readonly hosts: Hosts;
  readonly supervisor: Supervisor;
  readonly term: number;
  /** Whether the servers of a former master know none of the secrets of this one. */
  secretIsNew(): boolean;
  /** How long a server of a former master may take to dial this one, in ms. @default 5000 */
  readonly joinMs?: number | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

const usualJoinMs = 5000;

/** Takes over the servers that a former master has started, by what their hosts have written down. */
export class Adoption {
  readonly #parts: AdoptionParts;
  /** Servers of a former master that live but have not come back. */
  readonly #strays = new Set<string>();
  /** Servers that live and know another secret. */
  #locksOut = false;

  constructor(parts: AdoptionParts) {
    this.#parts = parts;
  }

  /**
   * Takes over what runs of these servers, but on hosts that were `unreached` just now; gives the ids of those that have joined, in their
   * order.
   *
   * @throws SECRET_ABRUPT when some live that cannot know the secret: nothing is done to them
   */
  async run(entries: readonly ServerEntry[], unreached: readonly string[] = []): Promise<readonly string[]> {
    const hosts = [...new Set(entries.map(({ host }) => host))].filter((name) => !unreached.includes(name));
    const joined = new Set((await Promise.all(hosts.map((name) => this.#runOn(name, entries)))).flat());
    if (this.#locksOut) throw new PomeloError('SECRET_ABRUPT', { file: '.pomelo-ts/previous-secret' });
    return entries.map(({ id }) => id).filter((id) => joined.has(id));
  }

  /** @throws SERVER_START_FAILED when one of these lives but has not come back */
  refuseStrays(ids: readonly string[]): void {
    const { supervisor } = this.#parts;
    const stray = ids.find((id) => this.#strays.has(id) && supervisor.record(id).state === 'starting');
    if (stray === undefined) return;
    const { process } = supervisor.record(stray);
    const reason = `its process of a former master (pid ${process?.pid}) lives but has not come back; pomelo-ts kill ends it`;
    throw new PomeloError('SERVER_START_FAILED', { serverId: stray, reason });
  }

  async #runOn(name: string, entries: readonly ServerEntry[]): Promise<readonly string[]> {
    const { hosts, supervisor, term, logger } = this.#parts;
    try {
      const own = new Set(entries.filter(({ host }) => host === name).map(({ id }) => id));
      const left = (await hosts.leftOn(name, term)).filter(({ id }) => own.has(id));
      for (const { id, bootId, pid } of left)
        supervisor.adopt(id, bootId, hosts.adopt(supervisor.record(id).entry, bootId, pid));
      const joined = await Promise.all(left.map(({ id }) => this.#joined(id)));
      return left.map(({ id }) => id).filter((_, index) => joined[index]);
    } catch (error) {
      logger.debug('What runs on a host is not known.', { host: name, error }); // a start tells it
      return [];
    }
  }

  /** Waits for a process that is told to be left over to join. */
  async #joined(id: string): Promise<boolean> {
    const { supervisor, joinMs = usualJoinMs, clock, logger } = this.#parts;
    const record = supervisor.record(id);
    try {
      await awaitReady(record, joinMs, clock);
      return true;
    } catch (error) {
      if (record.process && !(await record.process.hostAnswers(joinMs))) {
        void this.#joined(id); // its host was cut off just now: nobody can know, and it may play on
        return false;
      }
      logger.warn('A server of a former master did not come back.', { serverId: id, error });
      if (this.#parts.secretIsNew()) {
        this.#locksOut = true;
        return false;
      }
      if (record.entry.restartForce) await supervisor.kill([id]);
      else this.#strays.add(id);
      return false;
    }
  }
}
