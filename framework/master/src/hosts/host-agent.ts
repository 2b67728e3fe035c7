import type { MasterAddress } from '@pomelo-ts/cluster/internal';
import { isPomeloError, reasonOf } from '@pomelo-ts/common';
import { isEverywhere } from '@pomelo-ts/common/internal';
import { HostProcesses } from '../processes/host-processes.js';
import {
  type AgentFailure,
  type AgentMethod,
  type AgentOrders,
  type AgentRequest,
  pingMs,
} from './agent-messages.js';
import { JsonLines } from './json-lines.js';

/*
 * The host agent: what the master runs on another host over SSH. It starts, finds and ends processes there, as the master
 * does by itself on its own host. It ends with the connection; the servers live on.
 */

/** Signs of life of the master that may be missing: it is cut off then, and has begun another agent by the time it is back. */
const mostMissing = 15;

/** Called by the bootstrap, which has read the first line of the standard input. */
export async function serve({ settings }: AgentOrders): Promise<void> {
  const { at } = settings;
  const host = new HostProcesses({
    ...settings,
    leaderAt: () => at && seenFromHere(at),
    warn: (warning) => lines.send({ warning }),
  });
  const methods: Readonly<Record<AgentMethod, (...args: never[]) => unknown>> = {
    launch: host.launch.bind(host),
    left: host.left.bind(host),
    ended: host.ended.bind(host),
    kill: host.kill.bind(host),
    lastLines: host.lastLines.bind(host),
    readLog: host.readLog.bind(host),
    facts: host.facts.bind(host),
    missingFiles: host.missingFiles.bind(host),
    acting: host.acting.bind(host),
    elsewhere: host.elsewhere.bind(host),
    ping: () => host.masterLives(),
  };
  let missing = 0;
  const leave = () => {
    host.close();
    process.exit(0);
  };
  const lines = new JsonLines(
    process.stdin,
    process.stdout,
    (message) => {
      missing = 0;
      const { n, method, args } = message as unknown as AgentRequest;
      const answer = async () => methods[method](...(args as never[]));
      answer().then(
        (result) => lines.send({ n, result: result ?? null }),
        (error: unknown) => lines.send({ n, error: failureOf(error) }),
      );
    },
    undefined,
    leave,
  ); // a master that reads nothing ends this: the servers live on
  process.stdin.once('end', leave).resume();
  setInterval(() => {
    if (++missing > mostMissing) leave();
  }, pingMs);
  lines.send({ hello: await host.facts() });
}

/** A master that listens everywhere is where its SSH connection comes from. */
function seenFromHere({ host, port }: MasterAddress): MasterAddress {
  const [from] = (process.env['SSH_CONNECTION'] ?? '').split(' ', 1);
  return { host: isEverywhere(host) && from ? from : host, port };
}

function failureOf(error: unknown): AgentFailure {
  const message = reasonOf(error);
  return isPomeloError(error) ? { message, code: error.code, facts: error.facts } : { message };
}
