import { createServer } from 'node:net';
import { whyElsewhere } from '@pomelo-ts/master';
import { count } from '../view/units.js';
import type { Check, Finding } from './finding.js';

/** Whether servers that do not run yet will find their ports free. */
export const checkPorts: Check = async ({ config, rows }) => {
  if (!config) return [];
  const running = new Set(rows?.filter(({ pid }) => pid !== undefined).map(({ id }) => id));
  const wanted = config.servers
    .filter(({ id }) => !running.has(id))
    .flatMap(({ id, host, port, clientPort }) =>
      [port, clientPort].flatMap((number) => (number === undefined ? [] : [{ id, host, port: number }])),
    );
  const master = { id: 'the master', host: config.master.host, port: config.master.port };
  const all = rows ? wanted : [master, ...wanted];
  const here = await Promise.all(all.map(async (place) => (await whyElsewhere(place.host)) === undefined));
  const looked = all.filter((_, index) => here[index]);
  const taken: Finding[] = [];
  for (const { id, host, port } of looked) {
    if (await isFree(host, port)) continue;
    const text = `${id} will want ${host}:${port}, which something else has`;
    taken.push({
      check: 'ports',
      state: 'wrong',
      text,
      cure: `ss -ltnp 'sport = :${port}' shows what: end it, or take another port`,
    });
  }
  if (taken.length > 0) return taken;
  const ours = running.size > 0 ? `, ${count(running.size, 'server')} listen already` : '';
  return [
    { check: 'ports', state: 'fine', text: `${count(looked.length, 'port')} free on this host${ours}` },
  ];
};

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
