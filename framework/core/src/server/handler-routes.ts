import { type RegistryEntry, type RegistryView, serves } from '@pomelo-ts/cluster';
import { type Clock, type Logger, reasonOf } from '@pomelo-ts/common';
import type { RpcNode } from '@pomelo-ts/rpc';

/** The framework's own remote by which servers tell the routes of their handlers. */
export const routesRemote = 'sys.code.routes';

/** Longest wait for another server's routes in ms: a frontend starts without them, too. */
const waitMs = 2000;

/**
 * The routes of the handlers of all backends that are ready, for the dictionary of a frontend: one server of each type is
 * asked. A route that is not told stays as good as it was, and is written out in messages.
 */
export async function routesOfBackends(options: {
  registry: RegistryView;
  node: RpcNode;
  clock: Clock;
  logger: Logger;
}): Promise<string[]> {
  const { registry, node, clock, logger } = options;
  const oneOfEach = new Map<string, RegistryEntry>();
  for (const entry of registry.all) if (!entry.frontend && serves(entry)) oneOfEach.set(entry.type, entry);
  const ask = async ({ id }: RegistryEntry): Promise<string[]> => {
    try {
      const routes = await within(clock, waitMs, node.request(id, routesRemote, []));
      return Array.isArray(routes) ? routes.map(String) : [];
    } catch (error) {
      logger.warn(`${id} did not tell its routes: clients will write them out`, { reason: reasonOf(error) });
      return [];
    }
  };
  return (await Promise.all([...oneOfEach.values()].map(ask))).flat();
}

async function within<T>(clock: Clock, ms: number, promise: Promise<T>): Promise<T> {
  let cancel = (): void => {};
  const late = new Promise<never>((_resolve, reject) => {
    cancel = clock.after(ms, () => reject(new Error(`no answer within ${ms} ms`)));
  });
  return Promise.race([promise, late]).finally(cancel);
}
