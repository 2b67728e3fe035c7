import type { ServerEntry } from '@pomelo-ts/cluster';
import { type Clock, type Logger, PomeloError } from '@pomelo-ts/common';
import type { Hosts } from '../hosts/hosts.js';
import type { Supervisor } from '../supervisor.js';
import { awaitReady } from './await-ready.js';
import { warnOfUnreached } from './end-process.js';
import type { OnServerProgress } from './server-progress.js';
import type { ServerRecord } from './server-record.js';

/** What an {@link Adoption} works with. */
export interface AdoptionParts {
  readonly hosts: Pick<Hosts, 'leftOn' | 'adopt' | 'isHere'>;
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

/** What came of a process that is told to be left over; `unknown`: its host was cut off just now, and it may play on there. */
type Coming = 'joined' | 'away' | 'unknown';

/** Ends a life that no operator wants to end: if it was to drain, so is the next one. */
async function endLeft(record: ServerRecord): Promise<void> {
  const { id, process } = record;
  record.dismiss();
  process?.kill('SIGKILL');
  if (process) await warnOfUnreached(id, process, () => {});
  record.become('down');
}

const unasked = (host: string) =>
  new PomeloError('HOST_LOST', { host, reason: 'it could not be asked what runs there' });

/** Takes over the servers that a former master has started, by what their hosts have written down. */
export class Adoption {
  readonly #parts: AdoptionParts;
  /** Servers of a former master that live but have not come back. */
  readonly #strays = new Set<string>();
  /** Servers of whose hosts nobody could learn whether they run, and why. */
  readonly #unasked = new Map<string, unknown>();
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
    const names = [...new Set(entries.map(({ host }) => host))];
    const hosts = names.filter((name) => !unreached.includes(name));
    for (const name of names) if (!hosts.includes(name)) this.#noteUnasked(name, entries, unasked(name));
    const joined = new Set((await Promise.all(hosts.map((name) => this.#runOn(name, entries)))).flat());
    if (this.#locksOut) throw new PomeloError('SECRET_ABRUPT', { file: '.pomelo-ts/previous-secret' });
    return entries.map(({ id }) => id).filter((id) => joined.has(id));
  }

  /**
   * Hosts of these servers of which it is not known yet what runs there, and why; each server is told of once, as it may be started when
   * its host was asked. To start it at once could end a life that players are on.
   */
  takeUnasked(ids: readonly string[]): ReadonlyMap<string, unknown> {
    const { supervisor } = this.#parts;
    const found = new Map<string, unknown>();
    for (const id of ids) {
      if (!this.#unasked.has(id)) continue;
      const { entry, wanted } = supervisor.record(id);
      if (!wanted) found.set(entry.host, this.#unasked.get(id)); // else it has come by itself
      this.#unasked.delete(id);
    }
    return found;
  }

  /**
   * Refuses to start servers that live but have not come back. What another host says of one costs that host alone where others run: it is
   * told as a warning.
   *
   * @throws SERVER_START_FAILED
   */
  refuseStrays(ids: readonly string[], onProgress: OnServerProgress): void {
    const { hosts, supervisor } = this.#parts;
    const runs = supervisor.records.some(({ state }) => state === 'ready');
    for (const id of ids.filter((one) => this.#strays.has(one))) {
      const { state, process, entry } = supervisor.record(id);
      if (state !== 'starting') continue;
      const reason = `its process of a former master (pid ${process?.pid}) lives but has not come back; pomelo-ts kill ends it`;
      const error = new PomeloError('SERVER_START_FAILED', { serverId: id, reason });
      if (!runs || hosts.isHere(entry.host)) throw error;
      onProgress({ kind: 'warning', text: `${entry.host} says so: ${error.message}` });
    }
  }

  async #runOn(name: string, entries: readonly ServerEntry[]): Promise<readonly string[]> {
    const { hosts, supervisor, term, logger } = this.#parts;
    try {
      const own = entries.filter(({ host }) => host === name).map(({ id }) => id);
      const left = await hosts.leftOn(name, own, term);
      for (const { id, bootId, pid } of left)
        supervisor.adopt(id, bootId, hosts.adopt(supervisor.record(id).entry, bootId, pid));
      const joined = await Promise.all(left.map(({ id }) => this.#joined(id)));
      return left.map(({ id }) => id).filter((_, index) => joined[index]);
    } catch (error) {
      logger.debug('What runs on a host is not known.', { host: name, error }); // a start tells it
      this.#noteUnasked(name, entries, error);
      return [];
    }
  }

  #noteUnasked(host: string, entries: readonly ServerEntry[], error: unknown): void {
    for (const { id } of entries.filter((entry) => entry.host === host)) this.#unasked.set(id, error);
  }

  /** Waits for a process that is told to be left over to join. */
  async #joined(id: string): Promise<boolean> {
    const { secretIsNew } = this.#parts;
    const record = this.#parts.supervisor.record(id);
    const coming = await this.#awaitComing(record);
    if (coming === 'unknown') void this.#joinsLater(record);
    if (coming !== 'away') return coming === 'joined';
    if (secretIsNew()) this.#locksOut = true;
    else if (record.entry.restartForce) await endLeft(record);
    else this.#strays.add(id);
    return false;
  }

  /**
   * Waits on for one that nobody could know of. The start of the game has passed it by meanwhile, so no other begins its next life;
   * unless an operator has stopped it, or begun another.
   */
  async #joinsLater(record: ServerRecord): Promise<void> {
    const { supervisor, secretIsNew } = this.#parts;
    const { id, bootId } = record;
    const isLeft = () => record.bootId === bootId && record.dismissed !== bootId && !record.wasReady;
    let coming: Coming = 'unknown';
    while (coming === 'unknown' && isLeft()) coming = await this.#awaitComing(record);
    if (coming !== 'away' || !isLeft()) return;
    const { process } = record;
    if (process) {
      if (secretIsNew()) return; // as in a takeover, nothing is done to it
      if (!record.entry.restartForce) {
        this.#strays.add(id);
        return;
      }
      process.kill('SIGKILL');
      await process.exited;
    }
    if (isLeft()) supervisor.startLater([id], 'its process of a former master did not come back');
  }

  async #awaitComing(record: ServerRecord): Promise<Coming> {
    const { joinMs = usualJoinMs, clock, logger } = this.#parts;
    try {
      await awaitReady(record, joinMs, clock);
      return 'joined';
    } catch (error) {
      const asked = record.process?.hostAnswers(joinMs);
      if (asked && !(await asked)) return 'unknown';
      if (record.state === 'ready') return 'joined'; // while its host was asked
      logger.warn('A server of a former master did not come back.', { serverId: record.id, error });
      return 'away';
    }
  }
}
