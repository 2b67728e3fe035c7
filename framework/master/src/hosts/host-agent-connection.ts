import { type Clock, reasonOf } from '@pomelo-ts/common';
import type { HostFacts } from '../processes/process-host.js';
import { readAnswer } from './agent-answers.js';
import { readFailure } from './agent-failures.js';
import { type AgentMethod, type AgentOrders, pingMs } from './agent-messages.js';
import { beginAgent } from './begin-agent.js';
import type { JsonLines } from './json-lines.js';
import { inOneLine } from './said.js';
import { openSsh } from './ssh-connection.js';
import type { SshTarget } from './ssh-target.js';

/** What a host agent is begun with. */
export interface AgentPlan {
  readonly target: SshTarget;
  /** Path of node; undefined for that of this process, or the one in the host's PATH. */
  readonly node: string | undefined;
  readonly orders: AgentOrders;
}

/** A host agent that has said hello, as its connection hands it over. */
export interface BegunAgent {
  /** As the topology names it. */
  readonly host: string;
  readonly facts: HostFacts;
  readonly localAddress: string | undefined;
  readonly lines: Pick<JsonLines, 'send'>;
  /** Settles when channel or connection have ended, with the reason. */
  readonly ended: Promise<string>;
  close(): void;
}

interface Waiting {
  readonly method: AgentMethod;
  readonly args: readonly unknown[];
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Signs of life of the agent that may be missing before its connection is given up. */
const mostMissing = 20;
/** Silence of an agent, in ms, after which nothing is known of the time before. */
const gapMs = 3 * pingMs;
/** Messages that nobody has asked for, after which the connection is given up. */
const mostStray = 100;

/** One life of a host agent: from the SSH connection to its end. */
export class HostAgentConnection {
  /** Told what an operator should look at on the host. */
  onWarning: (text: string) => void = () => {};
  readonly facts: HostFacts;
  readonly localAddress: string | undefined;
  /** Settles once it is over, with the reason. */
  readonly lost: Promise<string>;
  readonly #agent: BegunAgent;
  readonly #waiting = new Map<number, Waiting>();
  readonly #lose: (reason: string) => void;
  readonly #clock: Clock;
  #over: string | undefined;
  #heardAt: number;
  #steadySince: number;
  #lastNumber = 0;
  #missing = 0;
  #stray = 0;

  /**
   * Connects and begins the agent.
   *
   * @throws as {@link openSsh}; HOST_DIRECTORY_MISSING, HOST_NODE_MISSING, HOST_NODE_OLD, HOST_FRAMEWORK_MISSING, HOST_AGENT_FAILED
   */
  static async open(plan: AgentPlan, clock: Clock): Promise<HostAgentConnection> {
    const ssh = await openSsh(plan.target, clock);
    try {
      let agent: HostAgentConnection | undefined;
      const begun = await beginAgent(ssh, plan, clock, (message) => agent?.hear(message));
      agent = new HostAgentConnection(begun, clock);
      return agent;
    } catch (error) {
      ssh.close();
      throw error;
    }
  }

  /** @internal use {@link HostAgentConnection.open} */
  constructor(agent: BegunAgent, clock: Clock) {
    this.#agent = agent;
    this.facts = agent.facts;
    this.localAddress = agent.localAddress;
    this.#clock = clock;
    this.#heardAt = clock.now();
    this.#steadySince = this.#heardAt;
    let lose = (_reason: string): void => {};
    this.lost = new Promise((resolve) => {
      lose = resolve;
    });
    this.#lose = lose;
    const stop = clock.every(pingMs, () => this.#askForLife());
    void this.lost.then(stop);
    void agent.ended.then((reason) => this.#end(reason));
  }

  /** Has the agent do something. Rejects with its error, or with a `LostError` when the connection ends before the answer. */
  request(method: AgentMethod, ...args: readonly unknown[]): Promise<unknown> {
    if (this.#over !== undefined) return Promise.reject(new LostError(this.#over));
    const n = ++this.#lastNumber;
    return new Promise((resolve, reject) => {
      this.#waiting.set(n, { method, args, resolve, reject });
      this.#agent.lines.send({ n, method, args });
    });
  }

  /** Since when it has answered without a gap. After a pause of this process itself that begins anew. */
  get steadySince(): number {
    return this.#steadySince;
  }

  /** Ends the connection; `reason` is told to all who wait for something. */
  close(reason = 'it was closed'): void {
    this.#end(reason);
    this.#agent.close();
  }

  /** @internal a message of the agent */
  hear({ n, result, error, warning }: Readonly<Record<string, unknown>>): void {
    if (this.#over !== undefined) return; // what it still says while it closes
    if (typeof warning === 'string') this.onWarning(inOneLine(warning));
    const asked = this.#waiting.get(n as number);
    if (!asked) {
      if (++this.#stray > mostStray) this.close('it answers what nobody has asked');
      return;
    }
    this.#missing = 0;
    const now = this.#clock.now();
    if (now - this.#heardAt > gapMs) this.#steadySince = now;
    this.#heardAt = now;
    this.#waiting.delete(n as number);
    const { method, args } = asked;
    try {
      if (error === undefined) asked.resolve(readAnswer(method, args, result));
      else asked.reject(readFailure(this.#agent.host, method, args, error));
    } catch (nonsense) {
      this.close(`what it answers to ${method} is no answer of a host agent: ${reasonOf(nonsense)}`);
      asked.reject(new LostError(this.#over ?? ''));
    }
  }

  /** Counted by signs that are missing, not by the time: that goes on while this process itself is paused. */
  #askForLife(): void {
    if (this.#missing++ >= mostMissing)
      this.close(`nothing came of its host agent for ${(mostMissing * pingMs) / 1000} s`);
    else this.request('ping').catch(() => {}); // who waits for anything is told of a loss
  }

  #end(reason: string): void {
    if (this.#over !== undefined) return;
    this.#over = reason;
    for (const { reject } of this.#waiting.values()) reject(new LostError(reason));
    this.#waiting.clear();
    this.#lose(reason);
  }
}

/** The connection ended before an answer came: what was asked may have been done or not. */
export class LostError extends Error {}
