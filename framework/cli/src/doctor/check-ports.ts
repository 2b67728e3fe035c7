import { createServer } from 'node:net';
import { clientPlaces, type ServerEntry } from '@pomelo-ts/cluster';
import { reasonOf } from '@pomelo-ts/common';
import { hostPort, lacksAddress, type PortHolder, portHolder } from '@pomelo-ts/common/internal';
import { belongsTo, whyElsewhere } from '@pomelo-ts/master';
import { count } from '../view/units.js';
import type { Check, Finding } from './finding.js';

/** Whether servers that do not run yet will find their ports free. */
export const checkPorts: Check = async ({ root, config, rows, ownPids }) => {
  if (!config) return [];
  const running = new Set(rows?.filter(({ pid }) => pid !== undefined).map(({ id }) => id));
  const wanted = config.servers.filter(({ id }) => !running.has(id)).flatMap(wantedBy);
  const masters = config.master.masters.map(({ host, port }) => ({
    ...{ id: 'the master', host, port },
    places: [host],
  }));
  const all = rows ? wanted : [...masters, ...wanted];
  const here = await Promise.all(all.map(async (place) => (await whyElsewhere(place.host)) === undefined));
  const looked = all.filter((_, index) => here[index]);
  const taken: Finding[] = [];
  let own = 0;
  for (const { id, places, port } of looked) {
    const error = await whyUnusable(places, port);
    if (!error) continue;
    const what = `${id} will want ${hostPort(places[0]!, port)}`;
    const holder = error.code === 'EADDRINUSE' ? portHolder(port) : undefined;
    // a master that leads no more, or servers whose master has died: nobody shall end those for a port
    if (holder && (ownPids.has(holder.pid) || belongsTo(root, holder.pid))) own++;
    else taken.push({ check: 'ports', state: 'wrong', ...whyAndCure(what, port, error, holder) });
  }
  if (taken.length > 0) return taken;
  const free = looked.length - own;
  const parts = [
    ...(free > 0 || running.size + own === 0 ? [`${count(free, 'port')} free on this host`] : []),
    ...(own > 0 ? [`${count(own, 'port')} of processes of this game that run already`] : []),
    ...(running.size > 0
      ? [`${count(running.size, 'server')} of all hosts ${running.size === 1 ? 'listens' : 'listen'} already`]
      : []),
  ];
  return [{ check: 'ports', state: 'fine', text: parts.join(', ') }];
};

/** A port that is looked at, and where whoever wants it listens: at the first of these addresses that the machine can. */
interface Wanted {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly places: readonly string[];
}

function wantedBy(server: ServerEntry): Wanted[] {
  const { id, host, port, clientPort } = server;
  return [
    ...(port === undefined ? [] : [{ id, host, port, places: [host] }]),
    ...(clientPort === undefined ? [] : [{ id, host, port: clientPort, places: clientPlaces(server) }]),
  ];
}

/** What is in the way of a port, and what mends it. */
function whyAndCure(
  what: string,
  port: number,
  error: NodeJS.ErrnoException,
  holder: PortHolder | undefined,
): Pick<Finding, 'text' | 'cure'> {
  if (error.code === 'EADDRINUSE') return holderAndCure(what, port, holder);
  if (lacksAddress(error))
    return {
      text: `${what}, which is no address of this machine`,
      cure: 'mend host or clientListen in servers.json5',
    };
  return {
    text: `${what}, which it cannot have: ${reasonOf(error)}`,
    cure: 'take another port, or give this user the right to it',
  };
}

/** Names the process where the system tells it, which it may only do to the same user. */
function holderAndCure(
  what: string,
  port: number,
  holder: PortHolder | undefined,
): Pick<Finding, 'text' | 'cure'> {
  if (!holder)
    return {
      text: `${what}, which something else has`,
      cure: `ss -ltnp 'sport = :${port}' as root shows what: end it, or take another port`,
    };
  const { pid, name } = holder;
  return {
    text: `${what}, which another process has: ${name} (pid ${pid})`,
    cure: `kill ${pid} if nobody needs it, or take another port`,
  };
}

/** What keeps a process from listening at the first of the places that this machine has. */
async function whyUnusable(
  places: readonly string[],
  port: number,
): Promise<NodeJS.ErrnoException | undefined> {
  let error: NodeJS.ErrnoException | undefined;
  for (const host of places) {
    error = await tried(host, port);
    if (!error || !lacksAddress(error)) return error;
  }
  return error;
}

function tried(host: string, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(error));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
