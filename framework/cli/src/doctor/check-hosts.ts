import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isEverywhere, isLoopback } from '@pomelo-ts/common/internal';
import { escaped } from '../view/escaped.js';
import { count } from '../view/units.js';
import type { Check, Finding } from './finding.js';

/** Clocks that are further apart make times in logs and crons of two hosts mean different things. */
const clockToleranceMs = 1000;
const leastNode = [20, 19] as const;

/** Whether the names of hosts can be found, and mean the same to all. */
export const checkNames: Check = async ({ config }) => {
  if (!config) return [];
  const named = config.servers.flatMap(({ id, host, clientHost }) => [
    { id, name: host, clients: false },
    ...(clientHost === undefined ? [] : [{ id, name: clientHost, clients: clientHost !== host }]),
  ]);
  const masters = config.master.masters.map(({ host }) => host);
  const names = [...new Set([...masters, ...named.map(({ name }) => name)])];
  const reasons = await Promise.all(names.map(whyUnknown));
  const wrong = names.flatMap((name, index): Finding[] => {
    const reason = reasons[index];
    if (reason === undefined) return [];
    const users = named.filter((one) => one.name === name);
    const forClients = users.length > 0 && users.every(({ clients }) => clients);
    const text = `the name ${escaped(name)} cannot be found (${reason}), for ${users.map(({ id }) => id).join(', ') || 'the master'}`;
    return [
      {
        check: 'names',
        state: forClients ? 'note' : 'wrong', // players may have another DNS than this host
        text,
        cure: 'add it to the DNS or /etc/hosts of every host, or write an address',
      },
    ];
  });
  const hosts = [...new Set(config.servers.map(({ host }) => host))];
  const local = hosts.filter((host) => isLoopback(host) || isEverywhere(host));
  if (local.length > 0 && hosts.length > local.length)
    wrong.push({
      check: 'names',
      state: 'wrong',
      text: `servers at ${local.join(', ')} cannot be called from the other hosts of the topology`,
      cure: 'give them the address that the other hosts know this one by',
    });
  return wrong.length > 0
    ? wrong
    : [{ check: 'names', state: 'fine', text: `${count(names.length, 'host name')} known` }];
};

async function whyUnknown(name: string): Promise<string | undefined> {
  if (isIP(name) !== 0) return undefined;
  try {
    await lookup(name);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

/** Clock and Node of the hosts, as servers that run there tell them, else the hosts themselves; without any, of this host. */
export const checkHosts: Check = async ({ hosts, look }) => {
  const told = new Set(hosts.map(({ host }) => host));
  const others = [...(await look).seen].filter(([host, { here }]) => !here && !told.has(host));
  const asked = others.map(([host, seen]) => ({ host, hostname: 'asked over SSH', ...seen }));
  const known = [...new Map(hosts.map((facts) => [facts.hostname, facts])).values(), ...asked];
  const late = known.filter(
    ({ clockOffsetMs, roundMs }) => Math.abs(clockOffsetMs) > clockToleranceMs + roundMs / 2,
  );
  const clocks = late.map(
    ({ host, hostname, clockOffsetMs }): Finding => ({
      check: 'clocks',
      state: 'wrong',
      text: `the clock of ${host} (${escaped(hostname)}) is ${Math.abs(clockOffsetMs) / 1000} s ${clockOffsetMs > 0 ? 'ahead of' : 'behind'} the master's`,
      cure: `keep it by NTP: timedatectl set-ntp true, on ${host} and on the master's host`,
    }),
  );
  const versions = new Set([process.version, ...hosts.map(({ node }) => node)]);
  const old = [...versions].filter((version) => !isNewEnough(version));
  const oldNodes = old.map((version): Finding => {
    const where = hosts.filter(({ node }) => node === version).map(({ serverId }) => serverId);
    const text = `Node ${escaped(version)} runs ${where.join(', ') || 'this command'}; pomelo-ts needs ${leastNode.join('.')}`;
    return { check: 'node', state: 'wrong', text, cure: 'install a newer Node there' };
  });
  const fineClocks: Finding[] =
    late.length === 0 && known.length > 0
      ? [
          {
            check: 'clocks',
            state: 'fine',
            text: `${count(known.length, 'host is', 'hosts are')} within ${clockToleranceMs / 1000} s of the master's`,
          },
        ]
      : [];
  const text = `${[...versions].map(escaped).join(', ')} of at least ${leastNode.join('.')}`;
  const fineNode: Finding[] = old.length === 0 ? [{ check: 'node', state: 'fine', text }] : [];
  return [...clocks, ...fineClocks, ...oldNodes, ...fineNode];
};

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  return major > leastNode[0] || (major === leastNode[0] && minor >= leastNode[1]);
}
