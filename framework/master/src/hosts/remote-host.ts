import type { BootData } from '@pomelo-ts/cluster/internal';
import type { LogPart, LogRequest } from '@pomelo-ts/cluster/masters';
import { backOff, type Clock, delay, type Logger, PomeloError, reasonOf } from '@pomelo-ts/common';
import type { Acting } from '../processes/acting-master.js';
import type {
  FileOptions,
  HostFacts,
  LaunchOrder,
  ProcessEnd,
  ProcessHost,
} from '../processes/process-host.js';
import type { ServerElsewhere, ServerPlace } from '../processes/process-marks.js';
import type { ProcessRecord } from '../processes/process-records.js';
import type { AgentMethod } from './agent-messages.js';
import { type AgentPlan, HostAgentConnection, LostError } from './host-agent-connection.js';

/** Settings of a {@link RemoteHost}. */
export interface RemoteHostOptions {
  readonly name: string;
  /** Worked out anew for each connection, so that mended keys and files count at once. */
  plan(): Promise<AgentPlan>;
  /** Build that the host must have; undefined for any. */
  readonly buildId: string | undefined;
  /** What a server is told there; `masterAddress` is that of the master's machine which the host sees, when it is connected directly. */
  bootThere(boot: BootData, masterAddress: string | undefined): BootData;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How long a kill may wait for its host before nobody waits for it any more, in ms. */
const unreachedMs = 3000;
/** How long the end of a process may take to come after its host has said that it is killed, in ms. */
const endMs = 10_000;
/** How long a host may take to start a process, in ms: it may have to end a former one first. */
const launchMs = 20_000;
/** How long a host may take to show that it can be reached, in ms: a few round trips, also where packets are lost. */
const answerMs = 2000;
/** How long a host may take to answer what it knows, in ms: far longer than a busy one takes. */
const askMs = 10_000;
/** How long a failure to connect stands for all who ask, in ms: they shall not each wait for its time-out. */
const failureMs = 1000;
/** How long a connection has to last to be a good one, in ms. */
const steadyMs = 10_000;
const reconnect = { minMs: 250, maxMs: 5000 };

const unended = (host: string) => `${host} says that it is killed, but not that it has ended`;

/** A host that the master reaches over SSH: one connection for all its servers, opened again for as long as one is of interest. */
export class RemoteHost implements ProcessHost {
  readonly name: string;
  readonly #options: RemoteHostOptions;
  /** Lives that were told to be killed while the host could not be reached. */
  readonly #condemned = new Map<string, 'SIGTERM' | 'SIGKILL'>();
  /** Ends the wait for an end that nobody can see, by boot id. */
  readonly #giveUps = new Map<string, (end: ProcessEnd) => void>();
  #agent: Promise<HostAgentConnection> | undefined;
  #connected: HostAgentConnection | undefined;
  #failure: { readonly at: number; readonly error: unknown } | undefined;
  /** With which the master acts here, so that each later agent does, too. */
  #term: number | undefined;
  /** Whether the last connection was a good one: else the next is not tried at once. */
  #steady = true;
  /** Whether it was logged that it cannot be reached now. */
  #toldUnreached = false;
  #closed = false;

  constructor(options: RemoteHostOptions) {
    this.name = options.name;
    this.#options = options;
  }

  /** Connects, unless it is. @throws as `HostAgentConnection.open`; HOST_BUILD_OTHER */
  async connect(): Promise<HostAgentConnection> {
    if (this.#closed) throw this.#lost('this master has ended');
    const { clock } = this.#options;
    if (this.#failure && clock.now() - this.#failure.at < failureMs) throw this.#failure.error;
    this.#agent ??= this.#open();
    try {
      return await this.#agent;
    } catch (error) {
      this.#agent = undefined;
      this.#failure = { at: clock.now(), error };
      throw error;
    }
  }

  /** Has the agent start a process. One whose connection is lost meanwhile is looked for when the host is back. */
  async launch(order: LaunchOrder): Promise<number> {
    const { bootId } = order.boot;
    const given = new Promise<never>((_, reject) =>
      this.#giveUps.set(bootId, ({ exit: { reason = 'it was given up' } }) => reject(this.#lost(reason))),
    );
    const launched = this.#launch(order);
    try {
      return await Promise.race([launched, given]);
    } catch (error) {
      const tooLate = () => this.kill(bootId, 'SIGKILL'); // nobody waits for it any more
      launched.then(tooLate, () => {});
      throw error;
    } finally {
      this.#giveUps.delete(bootId);
    }
  }

  async #launch(order: LaunchOrder): Promise<number> {
    const { id } = order.server;
    const { bootId } = order.boot;
    const agent = await this.connect();
    if (this.#condemned.has(bootId)) throw this.#lost('it came back after the server was to be killed');
    try {
      const { boot, ...rest } = order;
      const own = this.#options.bootThere(boot, agent.localAddress);
      return (await this.#within(launchMs, agent, 'launch', { ...rest, boot: own })) as number;
    } catch (error) {
      if (!(error instanceof LostError)) throw error;
      const lives = (await this.#patiently('left')) as readonly ProcessRecord[];
      const found = lives.find((life) => life.bootId === bootId);
      if (found) return found.pid;
      this.#options.logger.warn('A server was not started: the host was lost.', {
        serverId: id,
        host: this.name,
      });
      throw this.#lost(error.message);
    }
  }

  async left(term?: number): Promise<readonly ProcessRecord[]> {
    this.#term = term ?? this.#term;
    return (await this.#ask('left', ...(term === undefined ? [] : [term]))) as readonly ProcessRecord[];
  }

  /** Waits for as long as it takes, also while the host cannot be reached: then nobody knows. */
  async ended(life: Pick<ProcessRecord, 'id' | 'bootId'>): Promise<ProcessEnd> {
    const given = new Promise<ProcessEnd>((resolve) => this.#giveUps.set(life.bootId, resolve));
    try {
      return await Promise.race([this.#patiently('ended', life) as Promise<ProcessEnd>, given]);
    } finally {
      this.#giveUps.delete(life.bootId);
    }
  }

  /** While the host cannot be reached it is noted, and done when it is back; who waits for the end is not kept for that long. */
  kill(bootId: string, signal: 'SIGTERM' | 'SIGKILL'): void {
    const { clock } = this.#options;
    if (this.#condemned.get(bootId) !== 'SIGKILL') this.#condemned.set(bootId, signal);
    if (signal === 'SIGKILL') clock.after(unreachedMs, () => this.#giveUpUnreached(bootId));
    this.#connected?.request('kill', bootId, signal).then(
      () => {
        this.#condemned.delete(bootId);
        if (signal === 'SIGKILL') clock.after(endMs, () => this.#giveUp(bootId, unended(this.name)));
      },
      () => {}, // lost: it is killed when the host is back
    );
  }

  async lastLines(id: string): Promise<readonly string[]> {
    return (await this.#ask('lastLines', id)) as readonly string[];
  }

  async readLog(id: string, request: LogRequest): Promise<LogPart> {
    return (await this.#ask('readLog', id, request)) as LogPart;
  }

  async facts(): Promise<HostFacts> {
    return (await this.#ask('facts')) as HostFacts;
  }

  async missingFiles(options: readonly FileOptions[]): Promise<readonly (readonly string[])[]> {
    return (await this.#ask('missingFiles', options)) as readonly (readonly string[])[];
  }

  async acting(): Promise<Acting | undefined> {
    return (await this.#ask('acting')) as Acting | undefined;
  }

  async elsewhere(servers: readonly ServerPlace[]): Promise<readonly ServerElsewhere[]> {
    return (await this.#ask('elsewhere', servers)) as readonly ServerElsewhere[];
  }

  async answers(forMs: number): Promise<boolean> {
    const { clock } = this.#options;
    const agent = this.#connected;
    if (!agent) return false;
    const answered = agent.request('ping').then(
      () => clock.now() - agent.steadySince >= forMs,
      () => false,
    );
    return Promise.race([answered, delay(answerMs, clock).then(() => false)]);
  }

  /** Ends the connection. Servers live on. */
  close(): void {
    this.#closed = true;
    this.#connected?.close();
  }

  #giveUpUnreached(bootId: string): void {
    if (!this.#condemned.has(bootId)) return; // the host has taken note of it
    const when = 'it is killed when that is back, unless this master has ended by then';
    this.#giveUp(bootId, `${this.name} cannot be reached; ${when} (pomelo-ts kill does it then)`);
  }

  #giveUp(bootId: string, reason: string): void {
    this.#giveUps.get(bootId)?.({ exit: { code: null, signal: null, reason, unreached: true }, lines: [] });
  }

  #lost(reason: string): PomeloError<'HOST_LOST'> {
    return new PomeloError('HOST_LOST', { host: this.name, reason });
  }

  async #open(): Promise<HostAgentConnection> {
    const { plan, buildId, clock, logger } = this.#options;
    const { orders, ...rest } = await plan();
    const agent = await HostAgentConnection.open({ ...rest, orders }, clock);
    const { buildId: got } = agent.facts;
    if (buildId !== undefined && got !== buildId) {
      agent.close();
      const { root: directory } = orders;
      throw new PomeloError('HOST_BUILD_OTHER', { host: this.name, got, directory, expected: buildId });
    }
    this.#connected = agent;
    const begun = clock.now();
    if (this.#toldUnreached) logger.warn('A host can be reached again.', { host: this.name });
    this.#toldUnreached = false;
    agent.onWarning = (warning) => logger.warn('A host needs to be looked at.', { host: this.name, warning });
    void agent.lost.then((reason) => {
      this.#connected = undefined;
      this.#agent = undefined;
      this.#steady = clock.now() - begun > steadyMs;
      if (!this.#closed) logger.warn('The SSH connection to a host was lost.', { host: this.name, reason });
    });
    if (this.#closed) agent.close();
    if (this.#term !== undefined) agent.request('left', this.#term).catch(() => {}); // lost: the next one is told
    for (const [bootId, signal] of this.#condemned) this.kill(bootId, signal);
    return agent;
  }

  /** Asks what is answered at once. */
  async #ask(method: AgentMethod, ...args: readonly unknown[]): Promise<unknown> {
    const agent = await this.connect();
    try {
      return await this.#within(askMs, agent, method, ...args);
    } catch (error) {
      throw error instanceof LostError ? this.#lost(error.message) : error;
    }
  }

  /** An agent that does not answer in time is of no use, so its connection is given up. */
  async #within(ms: number, agent: HostAgentConnection, method: AgentMethod, ...args: readonly unknown[]) {
    const cancel = this.#options.clock.after(ms, () =>
      agent.close(`it did not answer to ${method} within ${ms} ms`),
    );
    try {
      return await agent.request(method, ...args);
    } finally {
      cancel();
    }
  }

  /** Asks, and asks again after each loss of the connection, until there is an answer or this master ends. */
  async #patiently(method: AgentMethod, ...args: readonly unknown[]): Promise<unknown> {
    const { clock, logger } = this.#options;
    for (let attempt = 0; ; ) {
      try {
        const agent = await this.connect();
        return await agent.request(method, ...args);
      } catch (error) {
        if (this.#closed) return new Promise(() => {}); // nobody waits any more
        if (!(error instanceof LostError) && !this.#toldUnreached) {
          this.#toldUnreached = true; // many ask, again and again
          const reason = reasonOf(error); // its stack tells nobody more
          logger.warn('A host cannot be reached; it is tried until it can.', { host: this.name, reason });
        }
        if (error instanceof LostError && this.#steady) attempt = 0;
        await delay(backOff(attempt++, reconnect), clock);
      }
    }
  }
}
