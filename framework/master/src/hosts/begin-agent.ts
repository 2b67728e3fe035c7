import { type Clock, PomeloError, reasonOf } from '@pomelo-ts/common';
import { isAnswerTo } from './agent-answers.js';
import { agentCommand, agentProgram } from './agent-command.js';
import type { AgentPlan, BegunAgent } from './host-agent-connection.js';
import { JsonLines } from './json-lines.js';
import type { HostFacts } from './process-host.js';
import type { SshConnection } from './ssh-connection.js';

/** Fewest lines that tell why an agent ended, and how much of each. */
const keptNoise = 20;
export const keptChars = 500;
/** Most characters that a host may write beside the agent's own messages, as its login shell may greet. */
const mostNoise = 1024 * 1024;
/** How long what a program has written may still take to come after its end, in ms. */
const drainMs = 1000;
const byItself = 'its host agent has ended';

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
    noise.push(line.slice(0, keptChars));
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
        if (isAnswerTo('facts', message['hello'])) {
          facts = message['hello'] as HostFacts;
          cancel();
          resolve({ facts, localAddress: ssh.localAddress, lines, ended, close: ssh.close });
        } else if ('missing' in message) reject(missing(plan, message['missing'], String(message['got'])));
        else
          end(
            'what it says first is no hello of a host agent of this version: expected the same pomelo-ts there (npm ci)',
          );
      },
      keep,
      () => end('it does not read what it is sent'),
    );
    const cancel = clock.after(ms, () =>
      end(`nothing there has answered within ${ms} ms: look whether its login shell and its disk work`),
    );
    void ended.then((reason) => {
      cancel();
      const told = noise.join(' ').trim();
      reject(failed(told && reason === byItself ? told : `${told} ${reason}`.trim()));
    });
    channel.write(firstLines(plan));
  });
}

function firstLines({ node, orders }: AgentPlan): string {
  const strict = node === undefined ? 'no' : 'yes';
  return `${[strict, node ?? process.execPath, agentProgram, JSON.stringify(orders)].join('\n')}\n`;
}

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
