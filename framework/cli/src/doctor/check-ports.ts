import { createServer } from 'node:net';
import type { ServerEntry } from '@pomelo-ts/cluster';
import { clientPlaces } from '@pomelo-ts/cluster/internal';
import { reasonOf } from '@pomelo-ts/common';
import {
  connectionHolder,
  handedOutPorts,
  hostPort,
  lacksAddress,
  type PortHolder,
  portHolder,
  reserving,
} from '@pomelo-ts/common/internal';
import { belongsTo, masterElsewhere, serverElsewhere, whyElsewhere } from '@pomelo-ts/master/internal';
import { escaped } from '../view/escaped.js';
import { count } from '../view/units.js';
import type { Check, Finding } from './finding.js';

/** Whether servers that do not run yet will find their ports free. */
export const checkPorts: Check = async ({ root, config, rows, ownPids }) => {
  if (!config) return [];
  const running = new Set(rows?.filter(({ pid }) => pid !== undefined).map(({ id }) => id));
  const ofServers = config.servers.flatMap(wantedBy);
  const wanted = ofServers.filter(({ id }) => !running.has(id));
  const masters = config.master.masters.map(({ host, port }) => ({
    ...{ id: 'the master', host, port },
    places: [host],
  }));
  const looked = await onThisHost(rows ? wanted : [...masters, ...wanted]);
  const taken: Finding[] = [];
  let own = 0;
  for (const { id, places, port } of looked) {
    const error = await whyUnusable(places, port);
    if (!error) continue;
    const what = `${id} will want ${hostPort(places[0]!, port)}`;
    const holder = error.code === 'EADDRINUSE' ? portHolder(port) : undefined;
    // a master that leads no more, or servers whose master has died: nobody shall end those for a port
    if (holder && (ownPids.has(holder.pid) || belongsTo(root, holder.pid))) own++;
    else taken.push({ check: 'ports', state: 'wrong', ...whyAndCure(what, { port, root }, error, holder) });
  }
  const handedOut = ofHandedOut(await onThisHost([...masters, ...ofServers]));
  if (taken.length > 0) return [...taken, ...handedOut];
  const free = looked.length - own;
  const parts = [
    ...(free > 0 || running.size + own === 0 ? [`${count(free, 'port')} free on this host`] : []),
    ...(own > 0 ? [`${count(own, 'port')} of processes of this game that run already`] : []),
    ...(running.size > 0
      ? [`${count(running.size, 'server')} of all hosts ${running.size === 1 ? 'listens' : 'listen'} already`]
      : []),
  ];
  return [{ check: 'ports', state: 'fine', text: parts.join(', ') }, ...handedOut];
};

async function onThisHost<P extends { readonly host: string }>(all: readonly P[]): Promise<P[]> {
  const here = await Promise.all(all.map(async ({ host }) => (await whyElsewhere(host)) === undefined));
  return all.filter((_, index) => here[index]);
}

/** Most ports that a cure names. */
const mostNamed = 20;

/** Tells of ports that this machine gives to outgoing connections: a server that starts may find its own one taken. */
function ofHandedOut(all: readonly Pick<Wanted, 'id' | 'port'>[]): Finding[] {
  const ports = handedOutPorts();
  const some = all.filter(({ port }) => ports?.includes(port));
  const [first] = some;
  if (!ports || !first) return [];
  const { lowest, highest } = ports;
  const named = [...new Set(some.map(({ port }) => port))].sort((a, b) => a - b);
  const text = `${count(named.length, 'port')} of this host, such as ${first.port} of ${first.id}, ${named.length === 1 ? 'is' : 'are'} among those that the system gives to outgoing connections (${lowest} to ${highest}): one of these may have it when the server starts`;
  const cure = `${reserving(rangesOf(named).slice(0, mostNamed).join(','))}; or take ports below ${lowest}`;
  return [{ check: 'ports', state: 'note', text, cure }];
}

/** `40050-40053`, of ports in order. */
function rangesOf(ports: readonly number[]): readonly string[] {
  const ranges: [from: number, to: number][] = [];
  for (const port of ports) {
    const last = ranges.at(-1);
    if (last && port === last[1] + 1) last[1] = port;
    else ranges.push([port, port]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`));
}

/** A port that is looked at, and where whoever wants it listens: at the first of these addresses that the machine can. */
interface Wanted {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly places: readonly string[];
}

function wantedBy(server: ServerEntry): Wanted[] {
  const { id, host, port, clientPort, acceptors = [], opsPort, opsListen = '127.0.0.1' } = server;
  const places = clientPlaces(server);
  return [
    ...(port === undefined ? [] : [{ id, host, port, places: [host] }]),
    ...(clientPort === undefined ? [] : [{ id, host, port: clientPort, places }]),
    ...acceptors.map((one) => ({ id, host, port: one.port, places })),
    ...(opsPort === undefined ? [] : [{ id, host, port: opsPort, places: [opsListen] }]),
  ];
}

/** What is in the way of a port, and what mends it. */
function whyAndCure(
  what: string,
  where: Place,
  error: NodeJS.ErrnoException,
  holder: PortHolder | undefined,
): Pick<Finding, 'text' | 'cure'> {
  if (error.code === 'EADDRINUSE') return holderAndCure(what, where, holder);
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

/** A port, and the folder of the game that is to have it. */
interface Place {
  readonly port: number;
  readonly root: string;
}

/** Names the process where the system tells it, which it may only do to the same user. Nobody shall end a living game for its copy. */
function holderAndCure(
  what: string,
  { port, root }: Place,
  holder: PortHolder | undefined,
): Pick<Finding, 'text' | 'cure'> {
  const connection = holder ? undefined : connectionHolder(port);
  if (connection)
    return {
      text: `${what}, which an outgoing connection of ${connection.name} (pid ${connection.pid}) has`,
      cure: `${reserving(String(port))}, or take another port`,
    };
  if (!holder)
    return {
      text: `${what}, which something else has`,
      cure: `ss -ltnp 'sport = :${port}' as root shows what: end it, or take another port`,
    };
  const { pid, name } = holder;
  const other = serverElsewhere(root, pid);
  if (other) {
    const folder = escaped(other.root);
    return {
      text: `${what}, which ${escaped(other.id)} of the game in the folder ${folder} has (pid ${pid})`,
      cure: `is it the same game, start its master there: that takes it over; pomelo-ts kill in ${folder} ends it. Another game needs other ports`,
    };
  }
  const game = masterElsewhere(root, pid);
  if (game !== undefined)
    return {
      text: `${what}, which the master of the game in the folder ${escaped(game)} has (pid ${pid})`,
      cure: `pomelo-ts stop in ${escaped(game)} ends that game, with its servers. Another game needs other ports, see master.json5`,
    };
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
