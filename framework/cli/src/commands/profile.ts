import { parseDuration, reasonOf } from '@pomelo-ts/common';
import { type AskedOptions, withMaster } from '../asked-master.js';
import { exitCodes } from '../failure.js';
import type { Terminal } from '../terminal.js';
import { escaped } from '../view/escaped.js';
import { showBytes } from '../view/units.js';
import { busiestTable } from './profile/busiest-table.js';
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
  const file = new ProfileFile(output, { kind: wish.kind, replaces: options.output !== undefined });
  if (terminal.live && !heap) terminal.out(`looking at ${escaped(id)} for ${cpu} …`);
  try {
    const { bytes } = await withMaster(options, ({ client }) =>
      client.operate('servers.profile', { id, wish }, (part) => file.write(part)),
    );
    file.close(bytes);
    const opener = heap ? 'Memory' : 'Performance';
    terminal.out(`wrote ${output} (${showBytes(bytes)}); ${opener} of Chrome's DevTools opens it`);
  } catch (error) {
    file.drop();
    throw error;
  }
  return heap || showBusiest(file, terminal) ? exitCodes.fine : exitCodes.failure;
}

/** Shows where the time went; false when the file is no profile of a CPU, whatever the master says. */
function showBusiest(file: ProfileFile, terminal: Terminal): boolean {
  try {
    terminal.out(busiestTable(file));
    return true;
  } catch (error) {
    terminal.err(`what came is no profile of a CPU (${escaped(reasonOf(error))})`);
    return false;
  }
}

/** The file that a profile is brought to where none is named: in the present folder, whatever the id is. */
export const fileOf = (id: string, heap: boolean) =>
  `${id.replace(/[^\w.-]+/g, '_').slice(0, 100)}-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.${heap ? 'heapsnapshot' : 'cpuprofile'}`;
