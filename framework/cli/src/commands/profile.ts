import { parseDuration } from '@pomelo-ts/common';
import { busiest, type CpuProfile } from '@pomelo-ts/views';
import { type AskedOptions, withMaster } from '../asked-master.js';
import { exitCodes } from '../failure.js';
import type { Terminal } from '../terminal.js';
import { escaped } from '../view/escaped.js';
import { showTable } from '../view/table.js';
import { showBytes } from '../view/units.js';
import { ProfileFile } from './profile/profile-file.js';

/** Options of `pomelo-ts profile`. */
export interface ProfileOptions extends AskedOptions {
  readonly id: string;
  /** How long to look where the time goes, with its unit. */
  readonly cpu: string;
  /** What is in memory, in place of where the time goes. */
  readonly heap: boolean;
  /** A heap snapshot also of a server with clients. */
  readonly force: boolean;
  readonly output: string | undefined;
}

/** Functions that are told at the end. */
const mostFunctions = 10;

/** Takes a profile of a server, and brings it here as a file. */
export async function profile(options: ProfileOptions, terminal: Terminal): Promise<number> {
  const { id, cpu, heap, force } = options;
  const ms = parseDuration(cpu);
  if (!ms) {
    terminal.err(`expected --cpu as a duration with its unit, such as "10s"; got ${cpu}`);
    return exitCodes.usage;
  }
  if (force && !heap) {
    terminal.err('expected --heap with --force: a CPU profile stops nobody');
    return exitCodes.usage;
  }
  const wish = heap ? ({ kind: 'heap', force } as const) : ({ kind: 'cpu', ms } as const);
  const { output = fileOf(id, heap) } = options;
  const file = new ProfileFile(output, options.output !== undefined);
  if (terminal.live && !heap) terminal.out(`looking at ${escaped(id)} for ${cpu} …`);
  const parts: Buffer[] = [];
  const take = (part: Buffer) => {
    file.write(part);
    if (!heap) parts.push(part);
  };
  try {
    const { bytes } = await withMaster(options, ({ client }) =>
      client.operate('servers.profile', { id, wish }, ({ base64 }) => take(Buffer.from(base64, 'base64'))),
    );
    file.close();
    const opener = heap ? 'Memory' : 'Performance';
    terminal.out(`wrote ${output} (${showBytes(bytes)}); ${opener} of Chrome's DevTools opens it`);
  } catch (error) {
    file.drop();
    throw error;
  }
  if (!heap) terminal.out(tableOf(JSON.parse(Buffer.concat(parts).toString()) as CpuProfile));
  return exitCodes.fine;
}

/** The file that a profile is brought to where none is named. */
export const fileOf = (id: string, heap: boolean) =>
  `${id}-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.${heap ? 'heapsnapshot' : 'cpuprofile'}`;

function tableOf(taken: CpuProfile): string {
  const rows = busiest(taken, mostFunctions).map(({ share, name, place }) => [
    `${(share * 100).toFixed(1)}%`,
    name,
    place,
  ]);
  return showTable(['self', 'function', 'at'], rows, (_style, text) => text);
}
