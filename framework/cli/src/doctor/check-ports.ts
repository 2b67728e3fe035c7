import { createServer } from 'node:net';
import { type PortHolder, portHolder } from '@pomelo-ts/common/internal';
import { belongsTo, whyElsewhere } from '@pomelo-ts/master';
import { count } from '../view/units.js';
import type { Check, Finding } from './finding.js';

/** Whether servers that do not run yet will find their ports free. */
export const checkPorts: Check = async ({ root, config, rows, ownPids }) => {
  if (!config) return [];
  const running = new Set(rows?.filter(({ pid }) => pid !== undefined).map(({ id }) => id));
  const wanted = config.servers
    .filter(({ id }) => !running.has(id))
    .flatMap(({ id, host, port, clientPort }) =>
      [port, clientPort].flatMap((number) => (number === undefined ? [] : [{ id, host, port: number }])),
    );
  const masters = config.master.masters.map((address) => ({ id: 'the master', ...address }));
  const all = rows ? wanted : [...masters, ...wanted];
  const here = await Promise.all(all.map(async (place) => (await whyElsewhere(place.host)) === undefined));
  const looked = all.filter((_, index) => here[index]);
  const taken: Finding[] = [];
  let own = 0;
  for (const { id, host, port } of looked) {
    if (await isFree(host, port)) continue;
    const holder = portHolder(port);
    // a master that leads no more, or servers whose master has died: nobody shall end those for a port
    if (holder && (ownPids.has(holder.pid) || belongsTo(root, holder.pid))) own++;
    else
      taken.push({
        check: 'ports',
        state: 'wrong',
        ...holderAndCure(`${id} will want ${host}:${port}`, port, holder),
      });
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

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
