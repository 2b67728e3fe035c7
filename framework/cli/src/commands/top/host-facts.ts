import {
  type HostMachine,
  type HostPage,
  hostDiskCells,
  hostDiskHeads,
  hostServerCells,
  hostServerHeads,
  showBytes,
  showCount,
} from '@pomelo-ts/views';
import type { MasterClient } from '../../master-client.js';
import { escaped } from '../../view/escaped.js';
import { textTable } from '../../view/top/lines/text-table.js';
import type { TextLine } from '../../view/top/screen-state.js';

/** What the page of a host shows beside the line of the table: what is wrong there, the machine, its disks and its servers. @throws what the master says against it */
export async function hostFacts(
  client: Pick<MasterClient, 'operate'>,
  host: string,
): Promise<readonly TextLine[]> {
  const { machine, silent, servers, total, problems } = await client.operate('hosts.describe', { host });
  const first = servers.length < total ? `first ${servers.length} of ` : '';
  return [
    ...problemLines(problems),
    { text: '' },
    ...(machine
      ? machineLines(machine)
      : [{ text: `the host tells nothing: ${escaped(silent ?? '')}`, style: 'yellow' as const }]),
    { text: '' },
    { text: `servers ${first}${total}`, style: 'bold' },
    ...textTable(hostServerHeads, servers.map(hostServerCells)),
  ];
}

const problemLines = (problems: HostPage['problems']): readonly TextLine[] =>
  problems.map(({ about, what, next }) => ({
    text: `! ${about} ${escaped(what)} (${next})`,
    style: 'yellow',
  }));

function machineLines({
  load,
  cpus,
  memoryBytes,
  freeMemoryBytes,
  openFiles,
  node,
  platform,
  disks,
}: HostMachine): readonly TextLine[] {
  const files = openFiles === undefined ? '' : `, ${showCount(openFiles)} files a process`;
  const loads = load.length === 0 ? 'not told' : load.map((one) => one.toFixed(2)).join('  ');
  return [
    { text: 'machine', style: 'bold' },
    { text: `load    ${loads}  (1, 5, 15 minutes), ${cpus} processor${cpus === 1 ? '' : 's'}` },
    { text: `memory  ${showBytes(freeMemoryBytes)} free of ${showBytes(memoryBytes)}` },
    { text: `has     Node ${escaped(node)}, ${escaped(platform)}${files}`, style: 'dim' },
    { text: '' },
    { text: 'disks', style: 'bold' },
    ...textTable(hostDiskHeads, disks.map(hostDiskCells)),
  ];
}
