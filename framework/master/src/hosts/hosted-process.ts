import { delay, type ErrorCode, errorTable, isPomeloError, reasonOf } from '@pomelo-ts/common';
import type { LaunchOrder, ProcessEnd, ProcessHost } from '../processes/process-host.js';
import type { Exit, ServerProcess } from '../processes/server-process.js';

/** How long a process may take to end after its last words are asked for, in ms. */
const lastWordsMs = 500;

/** What a host has to be mended of before anything can be started there, which says nothing about the server. */
const hostFaults: ReadonlySet<ErrorCode> = new Set([
  ...(['HOST_KEY_UNKNOWN', 'HOST_KEY_CHANGED', 'HOST_KEY_REVOKED', 'SSH_SIGN_IN_FAILED'] as const),
  ...(['SSH_KEY_UNUSABLE', 'SSH_CONFIG_INVALID', 'HOST_DIRECTORY_MISSING', 'HOST_NODE_MISSING'] as const),
  ...([
    'HOST_NODE_OLD',
    'HOST_FRAMEWORK_MISSING',
    'HOST_BUILD_OTHER',
    'HOST_AGENT_FAILED',
    'HOST_FAILED',
  ] as const),
]);

/** One life of a server on a host. */
export class HostedProcess implements ServerProcess {
  readonly exited: Promise<Exit>;
  readonly #host: ProcessHost;
  readonly #id: string;
  readonly #bootId: string;
  #pid: number | undefined;
  #end: ProcessEnd | undefined;
  /** What it is to be killed with as soon as it runs. */
  #pending: 'SIGTERM' | 'SIGKILL' | undefined;

  /** Has the host start it. */
  static launch(host: ProcessHost, order: LaunchOrder): HostedProcess {
    return new HostedProcess(host, order.server.id, order.boot.bootId, host.launch(order));
  }

  /** Takes over one that runs. */
  static adopt(host: ProcessHost, id: string, bootId: string, pid: number): HostedProcess {
    return new HostedProcess(host, id, bootId, pid);
  }

  private constructor(host: ProcessHost, id: string, bootId: string, pid: number | Promise<number>) {
    this.#host = host;
    this.#id = id;
    this.#bootId = bootId;
    this.exited = this.#run(pid);
  }

  get pid(): number | undefined {
    return this.#pid;
  }

  kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    if (this.#pid === undefined && this.#pending !== 'SIGKILL') this.#pending = signal;
    this.#host.kill(this.#bootId, signal); // also before it runs: a host that is away must not be waited for
  }

  hostAnswers(forMs: number): Promise<boolean> {
    return this.#host.answers(forMs);
  }

  /** One that has just told of an error is about to end, and to say more: that is waited for. */
  async lastLines(): Promise<readonly string[]> {
    await Promise.race([this.exited, delay(lastWordsMs)]);
    if (this.#end) return this.#end.lines;
    return this.#host.lastLines(this.#id).catch(() => []); // they only explain what is told anyway
  }

  async #run(pid: number | Promise<number>): Promise<Exit> {
    try {
      this.#pid = typeof pid === 'number' ? pid : await pid;
      if (this.#pending) this.#host.kill(this.#bootId, this.#pending);
      this.#end = await this.#host.ended({ id: this.#id, bootId: this.#bootId });
    } catch (error) {
      const unreached =
        isPomeloError(error) && (errorTable[error.code].retryable || hostFaults.has(error.code));
      const exit = { code: null, signal: null, reason: reasonOf(error), ...(unreached && { unreached }) };
      this.#end = { exit, lines: [] };
    }
    return this.#end.exit;
  }
}
