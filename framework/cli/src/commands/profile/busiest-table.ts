import { busiest, type CpuProfile } from '@pomelo-ts/views';
import { escaped } from '../../view/escaped.js';
import { showTable } from '../../view/table.js';
import type { ProfileFile } from './profile-file.js';

/** Functions that are told. */
const mostFunctions = 10;

/** Where the time went, by a profile that has come: the functions that took most by themselves. @throws Error for what is no profile of a CPU */
export function busiestTable(file: ProfileFile): string {
  const rows = busiest(file.read() as CpuProfile, mostFunctions).map(({ share, name, place }) => [
    `${(share * 100).toFixed(1)}%`,
    escaped(name),
    escaped(place),
  ]);
  if (rows.length === 0) return 'the process had nothing to do all the time';
  return showTable(['self', 'function', 'at'], rows, (_style, text) => text);
}
