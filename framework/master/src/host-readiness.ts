import { reasonOf } from '@pomelo-ts/common';
import type { Hosts } from './hosts/hosts.js';
import type { OnProgress } from './supervisor/progress.js';
import type { Supervisor } from './supervisor.js';

/** Looks before a start whether hosts can be used, and what becomes of servers whose host cannot. */
export class HostReadiness {
  readonly #hosts: Hosts;
  readonly #supervisor: Supervisor;

  constructor(hosts: Hosts, supervisor: Supervisor) {
    this.#hosts = hosts;
    this.#supervisor = supervisor;
  }

  /** @throws the error of the one host that cannot be used, or HOSTS_UNUSABLE */
  require(ids: readonly string[]): Promise<void> {
    return this.#hosts.prepare(this.#entries(ids));
  }

  /**
   * Hosts of these servers that cannot be used. Who starts a game anew is told of them by an error; where a part of it runs, that
   * part has its master in any case, and the others follow when they can. So they do on hosts that are left out for what they claim.
   *
   * @throws as {@link require} when nothing runs yet
   */
  async unusable(ids: readonly string[]): Promise<ReadonlyMap<string, unknown>> {
    if (this.#supervisor.records.some(({ process }) => process))
      return this.#hosts.unusable(this.#entries(ids));
    const entries = this.#entries(ids);
    const leftOut = this.#hosts.leftOut(entries);
    const others = entries.filter(({ host }) => !leftOut.has(host));
    await this.#hosts.prepare(others.length > 0 ? others : entries);
    return others.length > 0 ? leftOut : new Map();
  }

  /** Has servers on unusable hosts started when that is mended, and warns of it; gives the others. */
  postpone(
    ids: readonly string[],
    unusable: ReadonlyMap<string, unknown>,
    onProgress: OnProgress,
  ): readonly string[] {
    for (const [name, error] of unusable) {
      const later = this.#entries(ids).filter(({ host }) => host === name);
      const names = later.map(({ id }) => id);
      const text = `${reasonOf(error)}\n${names.join(', ')} will be started when that is mended.`;
      onProgress({ kind: 'warning', text });
      this.#supervisor.startLater(names, reasonOf(error));
    }
    return ids.filter((id) => !unusable.has(this.#supervisor.record(id).entry.host));
  }

  /** Tells what will do harm later on the hosts of those of `ids` that do not run. @throws CPU_UNUSABLE */
  async warn(ids: readonly string[], onProgress: OnProgress): Promise<void> {
    const begun = this.#entries(ids.filter((id) => !this.#supervisor.record(id).wanted));
    for (const text of await this.#hosts.warnings(begun)) onProgress({ kind: 'warning', text });
  }

  #entries(ids: readonly string[]) {
    return ids.map((id) => this.#supervisor.record(id).entry);
  }
}
