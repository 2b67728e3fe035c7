import { rpcPair, serversOf } from './system.mjs';

/** @type {import('./system.mjs').System} */
export const floor = {
  name: 'floor',

  async start(processes, load, topology) {
    const files =
      load === 'many'
        ? serversOf(topology).map(() => 'frontend')
        : load === 'backend'
          ? ['hop', 'backend']
          : [load];
    const begin = performance.now();
    /** @type {ReturnType<typeof processes.startNode>[]} */
    const children = [];
    const waiting = [];
    for (const file of files) {
      const ready = waiting.at(-1);
      const args = file === 'backend' && ready ? [String((await ready).port)] : [];
      const child = processes.startNode(`floor/${file}.mjs`, args);
      children.push(child);
      waiting.push(child.firstLine(20_000));
    }
    const facts = await Promise.all(waiting);
    const last = facts.at(-1);
    return {
      startSeconds: (performance.now() - begin) / 1000,
      port: last.port,
      pids: facts.map(({ pid }) => pid),
      holder: last.pid,
      stop: async () => {
        await Promise.all(children.map((child) => child.stop()));
      },
    };
  },

  rpc(processes, job) {
    return rpcPair(
      job,
      () => processes.startNode('floor/rpc.mjs', ['serve']),
      (args) => processes.startNode('floor/rpc.mjs', ['call', ...args]),
    );
  },
};
