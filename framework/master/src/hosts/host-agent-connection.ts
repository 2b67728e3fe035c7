import { type Clock, type ErrorCode, type ErrorFacts, PomeloError } from '@pomelo-ts/common';
import type { ClientChannel } from 'ssh2';
import { agentCommand, agentProgram } from './agent-command.js';
import type { AgentAnswer, AgentFailure, AgentMethod, AgentOrders } from './agent-messages.js';
import { JsonLines } from './json-lines.js';
import type { HostFacts } from './process-host.js';
import { openSsh, type SshConnection } from './ssh-connection.js';
import type { SshTarget } from './ssh-target.js';

/** What a host agent is begun with. */
export interface AgentPlan {
  readonly target: SshTarget;
  /** Path of node; undefined for that of this process, or the one in the host's PATH. */
  readonly node: string | undefined;
  readonly orders: AgentOrders;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Fewest characters that tell why an agent ended. */
const keptNoise = 20;

/** One life of a host agent: from the SSH connection to its end. */
export class HostAgentConnection {
  /** Told once when it is over. */
  onLost: (reason: string) => void = () => {};
  readonly facts: HostFacts;
  readonly localAddress: string | undefined;
  readonly #ssh: SshConnection;
  readonly #lines: JsonLines;
  readonly #waiting: Map<number, Waiting>;
  #lastNumber = 0;

  /**
   * Connects and begins the agent.
   *
   * @throws as {@link openSsh}; HOST_DIRECTORY_MISSING, HOST_NODE_MISSING, HOST_NODE_OLD, HOST_FRAMEWORK_MISSING, HOST_AGENT_FAILED
   */
  static async open(plan: AgentPlan, clock: Clock): Promise<HostAgentConnection> {
    const ssh = await openSsh(plan.target);
    try {
      return await begin(ssh, plan, clock);
    } catch (error) {
      ssh.close();
      throw error;
    }
  }

  /** @internal use {@link HostAgentConnection.open} */
  constructor(ssh: SshConnection, lines: JsonLines, waiting: Map<number, Waiting>, facts: HostFacts) {
    this.#ssh = ssh;
    this.#lines = lines;
    this.#waiting = waiting;
    this.facts = facts;
    this.localAddress = ssh.localAddress;
  }

  /** Has the agent do something. Rejects with its error, or with a `LostError` when the connection ends before the answer. */
  request(method: AgentMethod, ...args: readonly unknown[]): Promise<unknown> {
    const n = ++this.#lastNumber;
    return new Promise((resolve, reject) => {
      this.#waiting.set(n, { resolve, reject });
      this.#lines.send({ n, method, args });
    });
  }

  close(): void {
    this.#ssh.close();
  }

  /** @internal */
  lost(reason: string): void {
    for (const { reject } of this.#waiting.values()) reject(new LostError(reason));
    this.#waiting.clear();
    this.onLost(reason);
  }
}

/** The connection ended before an answer came: what was asked may have been done or not. */
export class LostError extends Error {}

async function begin(ssh: SshConnection, plan: AgentPlan, clock: Clock): Promise<HostAgentConnection> {
  const channel = await channelTo(ssh);
  const noise: string[] = [];
  const keep = (line: string) => {
    noise.push(line);
    if (noise.length > keptNoise) noise.shift();
  };
  channel.stderr.setEncoding('utf8').on('data', keep);
  const waiting = new Map<number, Waiting>();
  return new Promise((resolve, reject) => {
    let agent: HostAgentConnection | undefined;
    const lines = new JsonLines(
      channel,
      channel,
      (message) => {
        if ('missing' in message) reject(missing(plan, message['missing'], String(message['got'])));
        else if ('hello' in message) {
          agent = new HostAgentConnection(ssh, lines, waiting, message['hello'] as HostFacts);
          endTime();
          resolve(agent);
        } else settle(waiting, message as AgentAnswer);
      },
      keep,
    );
    const { connectTimeoutMs } = plan.target;
    const endTime = clock.after(connectTimeoutMs, () => {
      keep(
        `nothing there has answered within ${connectTimeoutMs} ms: look whether its login shell and its disk work`,
      );
      end();
    });
    let why = 'it was closed';
    ssh.client.on('error', ({ message }) => {
      why = message;
    });
    const end = () => {
      endTime();
      const reason = noise.join(' ').trim() || why;
      reject(new PomeloError('HOST_AGENT_FAILED', { host: plan.target.name, reason }));
      agent?.lost(why);
      agent = undefined;
    };
    channel.once('close', end);
    ssh.client.once('close', end);
    channel.write(firstLines(plan));
  });
}

const channelTo = (ssh: SshConnection): Promise<ClientChannel> =>
  new Promise((resolve, reject) =>
    ssh.client.exec(agentCommand, (error, opened) => (error ? reject(error) : resolve(opened))),
  );

function firstLines({ node, orders }: AgentPlan): string {
  const strict = node === undefined ? 'no' : 'yes';
  return `${[strict, node ?? process.execPath, agentProgram, JSON.stringify(orders)].join('\n')}\n`;
}

function settle(waiting: Map<number, Waiting>, answer: AgentAnswer): void {
  const asked = waiting.get(answer.n);
  waiting.delete(answer.n);
  if (!asked) return;
  if ('result' in answer) asked.resolve(answer.result);
  else asked.reject(errorOf(answer.error));
}

const errorOf = ({ message, code, facts }: AgentFailure): Error =>
  code && facts ? new PomeloError(code, facts as ErrorFacts<ErrorCode>) : new Error(message);

function missing({ target, node, orders }: AgentPlan, what: unknown, got: string): PomeloError {
  const host = target.name;
  if (what === 'directory') return new PomeloError('HOST_DIRECTORY_MISSING', { host, directory: got });
  if (what === 'framework')
    return new PomeloError('HOST_FRAMEWORK_MISSING', { host, path: orders.agent, reason: got });
  if (!got) {
    const orPath = node === undefined ? ' or in PATH' : '';
    return new PomeloError('HOST_NODE_MISSING', { host, path: node ?? process.execPath, orPath });
  }
  const [path = '', version = ''] = got.split(/ (?=[^ ]*$)/);
  return new PomeloError('HOST_NODE_OLD', {
    host,
    path,
    version,
    expected: `${orders.oldest.join('.')} or newer`,
  });
}
