import { type Clock, PomeloError, reasonOf } from '@pomelo-ts/common';
import type { HostFacts } from '../processes/process-host.js';
import { readHostFacts } from './agent-answers.js';
import { agentCommand, agentProgram } from './agent-command.js';
import type { AgentGreeting } from './agent-messages.js';
import type { AgentPlan, BegunAgent } from './host-agent-connection.js';
import { JsonLines } from './json-lines.js';
import { inOneLine, lineOf } from './said.js';
import type { SshConnection } from './ssh-connection.js';

/** Most lines that tell why an agent ended, and how much of them all. */
const keptNoise = 20;
const keptChars = 2000;
/** Most characters that a host may write beside the agent's own messages, as its login shell may greet. */
const mostNoise = 1024 * 1024;
/** How long what a program has written may still take to come after its end, in ms. */
const drainMs = 1000;
const byItself = 'its host agent has ended';
const noHello =
  'what it says first is no hello of a host agent of this version: expected the same pomelo-ts there (npm ci)';

type Missing = Extract<AgentGreeting, { readonly missing: string }>;

/**
 * Begins an agent over an SSH connection, and hands what it says after its hello to `onMessage`.
 *
 * @throws HOST_DIRECTORY_MISSING, HOST_NODE_MISSING, HOST_NODE_OLD, HOST_FRAMEWORK_MISSING, HOST_AGENT_FAILED
 */
export async function beginAgent(
  ssh: SshConnection,
  plan: AgentPlan,
  clock: Clock,
  onMessage: (message: Readonly<Record<string, unknown>>) => void,
): Promise<BegunAgent> {
  const { name: host, connectTimeoutMs: ms } = plan.target;
  const failed = (reason: string) => new PomeloError('HOST_AGENT_FAILED', { host, reason });
  const channel = await ssh.exec(agentCommand, ms).catch((error: unknown) => {
    throw failed(reasonOf(error));
  });
  let end = (_reason: string): void => {};
  const ended = new Promise<string>((resolve) => {
    end = resolve;
  });
  const noise: string[] = [];
  let written = 0;
  const keep = (line: string) => {
    noise.push(inOneLine(line));
    if (noise.length > keptNoise) noise.shift();
    written += line.length;
    if (written > mostNoise) end('it writes what no host agent writes, without an end');
  };
  channel.stderr.setEncoding('utf8').on('data', keep);
  for (const event of ['end', 'exit'] as const)
    channel.once(event, () => clock.after(drainMs, () => end(byItself)));
  channel.once('close', () => end(byItself));
  channel.on('error', () => {}); // it closes then
  void ssh.ended.then(end);
  void ended.then(ssh.close);
  return new Promise((resolve, reject) => {
    let facts: HostFacts | undefined;
    const lines = new JsonLines(
      channel,
      channel,
      (message) => {
        if (facts) return onMessage(message);
        const greeting = readGreeting(message);
        if (!greeting) return end(noHello);
        if ('missing' in greeting) return reject(missing(plan, greeting));
        facts = greeting.hello;
        cancel();
        resolve({ host, facts, localAddress: ssh.localAddress, lines, ended, close: ssh.close });
      },
      keep,
      end,
    );
    const cancel = clock.after(ms, () =>
      end(`nothing there has answered within ${ms} ms: look whether its login shell and its disk work`),
    );
    void ended.then((reason) => {
      cancel();
      const told = noise.join(' ').trim().slice(-keptChars);
      reject(failed(told && reason === byItself ? told : `${told} ${reason}`.trim()));
    });
    channel.write(firstLines(plan));
  });
}

function firstLines({ node, orders }: AgentPlan): string {
  const strict = node === undefined ? 'no' : 'yes';
  return `${[strict, node ?? process.execPath, agentProgram, JSON.stringify(orders)].join('\n')}\n`;
}

/** Undefined for what is none: another version may run there, or somebody else. */
function readGreeting({
  hello,
  missing: what,
  got,
}: Readonly<Record<string, unknown>>): AgentGreeting | undefined {
  try {
    if (hello !== undefined) return { hello: readHostFacts(hello) };
    const known = (['directory', 'node', 'framework'] as const).find((one) => one === what);
    return known && { missing: known, got: lineOf(got) };
  } catch {
    return undefined;
  }
}

function missing({ target, node, orders }: AgentPlan, { missing: what, got }: Missing): PomeloError {
  const host = target.name;
  if (what === 'directory')
    return new PomeloError('HOST_DIRECTORY_MISSING', { host, directory: orders.root });
  if (what === 'framework')
    return new PomeloError('HOST_FRAMEWORK_MISSING', { host, path: orders.agent, reason: got });
  const [, path, version] = /^(.+) (\S+)$/.exec(got) ?? [];
  if (path === undefined || version === undefined) {
    const orPath = node === undefined ? ' or in PATH' : '';
    return new PomeloError('HOST_NODE_MISSING', { host, path: node ?? process.execPath, orPath });
  }
  const expected = `${orders.oldest.join('.')} or newer`;
  return new PomeloError('HOST_NODE_OLD', { host, path, version, expected });
}
