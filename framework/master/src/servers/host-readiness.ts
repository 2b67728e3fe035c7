import { isPomeloError, reasonOf } from '@pomelo-ts/common';
import type { Hosts } from '../hosts/hosts.js';
import { refuseUnusable } from '../hosts/unusable-hosts.js';
import type { OnProgress } from '../long-operations/progress.js';
import type { Supervisor } from '../supervisor.js';

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
   * part has its master in any case, and the others follow when they can. So they do on hosts that are left out for what they claim, and
   * on those that are `unasked`: of which is not known what runs there.
   *
   * @throws as {@link require} when nothing runs yet
   */
  async unusable(
    ids: readonly string[],
    unasked: ReadonlyMap<string, unknown>,
  ): Promise<ReadonlyMap<string, unknown>> {
    const entries = this.#entries(ids);
    if (this.#runs) return new Map([...unasked, ...(await this.#hosts.unusable(entries))]);
    const leftOut = this.#hosts.leftOut(entries);
    const others = entries.filter(({ host }) => !leftOut.has(host));
    await this.#hosts.prepare(others.length > 0 ? others : entries);
    if (others.every(({ host }) => unasked.has(host))) refuseUnusable(unasked);
    return others.length > 0 ? new Map([...unasked, ...leftOut]) : unasked;
  }

  /** Whether a server is on another machine than this: what comes of it there is that one's word. */
  isElsewhere(id: string): boolean {
    return !this.#hosts.isHere(this.#supervisor.record(id).entry.host);
  }

  /** Whether a part of the game has its master in any case. */
  get #runs(): boolean {
    return this.#supervisor.records.some(({ process }) => process);
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

  /**
   * Tells what will do harm later on the hosts of those of `ids` that do not run. Hosts that do not tell what they have are as those that
   * cannot be used: gives the others of `ids`. So are those without the cores or files of a server, unless that was `named`.
   *
   * @throws as {@link require} when nothing runs yet; CPU_UNUSABLE, ARGS_UNUSABLE
   */
  async warn(
    ids: readonly string[],
    named: readonly string[],
    onProgress: OnProgress,
  ): Promise<readonly string[]> {
    const begun = this.#entries(ids.filter((id) => !this.#supervisor.record(id).wanted));
    const { texts, unusable } = await this.#hosts.warnings(begun);
    const wrong = [...unusable.values()];
    const ofNamed = wrong.find((error) => unfit(error).some((id) => named.includes(id)));
    if (ofNamed) throw ofNamed;
    if (!this.#runs) refuseUnusable(unusable);
    for (const text of texts) onProgress({ kind: 'warning', text });
    return this.postpone(ids, unusable, onProgress);
  }

  #entries(ids: readonly string[]) {
    return ids.map((id) => this.#supervisor.record(id).entry);
  }
}

/** The servers that their host cannot give what their entries ask for. */
function unfit(error: unknown): readonly string[] {
  if (isPomeloError(error, 'CPU_UNUSABLE')) return [String(error.facts.serverId)];
  return isPomeloError(error, 'ARGS_UNUSABLE') ? String(error.facts.serverIds).split(', ') : [];
}
