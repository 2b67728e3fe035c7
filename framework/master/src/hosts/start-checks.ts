import type { ServerEntry } from '@pomelo-ts/cluster';
import { clientRoom, openFilesFor } from '@pomelo-ts/cluster/internal';
import { PomeloError } from '@pomelo-ts/common';
import type { HostFacts } from '../processes/process-host.js';

type Checked = Pick<ServerEntry, 'id' | 'args' | 'cpu' | 'maxConnections'>;

const mebibyte = 1024 * 1024;
const heapFlag = /^--max[-_]old[-_]space[-_]size=(\d+)$/;

/**
 * Looks whether a host can give its servers what their entries ask for. Gives what will do harm later, as texts for an operator.
 *
 * @throws CPU_UNUSABLE for cores that the host does not have
 */
export function checkStart(host: string, facts: HostFacts, servers: readonly Checked[]): readonly string[] {
  for (const server of servers) checkCores(host, facts, server);
  return [
    ...servers.flatMap((server) => tooFewFiles(host, facts, server)),
    ...tooMuchHeap(host, facts, servers),
  ];
}

function checkCores(host: string, { cpus, taskset }: HostFacts, { id: serverId, cpu }: Checked): void {
  if (cpu === undefined) return;
  const wrong = coresOf(String(cpu)).find((core) => core >= cpus);
  const fail = (reason: string) =>
    new PomeloError('CPU_UNUSABLE', { serverId, cpu: String(cpu), host, reason });
  if (!taskset) throw fail('it has no taskset (Debian package util-linux)');
  if (wrong !== undefined) throw fail(`it has the cores 0-${cpus - 1}`);
}

/** The highest core of each part of a list such as `0-3,5`. */
const coresOf = (cpu: string) =>
  cpu.split(',').map((part) => Number(part.replace(/:.*$/, '').split('-').at(-1)));

function tooFewFiles(host: string, { openFiles }: HostFacts, { id, maxConnections }: Checked): string[] {
  if (maxConnections === undefined || openFiles === undefined) return [];
  const { clients } = clientRoom(openFiles);
  if (maxConnections <= clients) return [];
  return [
    `${id} is to accept ${maxConnections} clients, but a process on ${host} may open ${openFiles} files, which is enough for ${clients}: expected ulimit -n of at least ${openFilesFor(maxConnections)} (LimitNOFILE= of the SSH server's unit, or /etc/security/limits.conf)`,
  ];
}

/** Tells what cannot be written on a host. Servers run all the same: players need them more than anybody needs their lines. */
export function unwritable(host: string, { disks }: HostFacts): string[] {
  return disks.flatMap(({ folder, unwritable: reason }) =>
    reason === undefined
      ? []
      : [`nothing can be written to ${folder}/ on ${host} (${reason}), so ${lostBy(folder)}: expected room`],
  );
}

const lostBy = (folder: string) =>
  folder === 'logs'
    ? 'servers run there without their logs'
    : 'what runs there is found by its processes alone';

function tooMuchHeap(host: string, { memoryBytes }: HostFacts, servers: readonly Checked[]): string[] {
  const sizes = servers.flatMap(({ args }) => args.flatMap((arg) => Number(heapFlag.exec(arg)?.[1] ?? [])));
  const sum = sizes.reduce((total, size) => total + size, 0);
  const has = Math.floor(memoryBytes / mebibyte);
  if (sum <= has) return [];
  return [
    `${sizes.length} servers on ${host} may use ${sum} MiB of heap in all (--max-old-space-size), but it has ${has} MiB of memory: expected less, else the kernel ends one of them when memory runs out`,
  ];
}
