/**
 * @typedef {object} Topology
 * @property {number} gates
 * @property {number} connectors
 * @property {number} chats
 * @property {'always'} [encryption] of calls between servers, for a system that can; theirs is between hosts alone else
 */

/**
 * @typedef {object} Running a system that serves
 * @property {number} port where clients connect
 * @property {number[]} pids the servers whose CPU counts; the master is not among them
 * @property {number} holder the server that holds the clients' connections
 * @property {number} startSeconds from the command until every server was ready
 * @property {() => Promise<void>} stop graceful, returns when every process has ended
 */

/**
 * @typedef {object} System one of the things compared
 * @property {string} name
 * @property {(processes: import('../lib/processes.mjs').Processes, load: Load, topology: Topology) => Promise<Running>} start
 * @property {(processes: import('../lib/processes.mjs').Processes, job: object) => Promise<any>} rpc
 */

/** @typedef {'frontend' | 'backend' | 'broadcast' | 'many'} Load what the scenario is about to do */

/** Routes that every system answers. */
export const routes = {
  frontendEcho: 'connector.entryHandler.echo',
  login: 'connector.entryHandler.login',
  backendEcho: 'chat.chatHandler.echo',
  join: 'chat.chatHandler.join',
  shout: 'chat.chatHandler.shout',
};

/**
 * The servers of a topology, each with an id and its number of ports.
 *
 * @param {Topology} topology
 */
export function serversOf({ gates, connectors, chats }) {
  /** @param {string} type @param {number} count */
  const some = (type, count) =>
    Array.from({ length: count }, (_, index) => ({
      id: `${type}-${index + 1}`,
      type,
      frontend: type !== 'chat',
    }));
  return [...some('gate', gates), ...some('connector', connectors), ...some('chat', chats)];
}

/**
 * Runs the two halves of an RPC measurement: a server that prints its port, and a caller that prints the result.
 *
 * @param {object} job
 * @param {(args: string[]) => ReturnType<import('../lib/processes.mjs').Processes['start']>} startServer
 * @param {(args: string[]) => ReturnType<import('../lib/processes.mjs').Processes['start']>} startCaller
 */
export async function rpcPair(job, startServer, startCaller) {
  const server = startServer([JSON.stringify(job)]);
  const { port, pid } = await server.firstLine(10_000);
  const caller = startCaller([JSON.stringify({ ...job, port, pids: [pid] })]);
  const result = await caller.firstLine(120_000);
  await caller.finish(5000);
  await server.stop();
  return result;
}
