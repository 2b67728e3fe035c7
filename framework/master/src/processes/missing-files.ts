import { findMissingFiles } from '@pomelo-ts/cluster/masters';
import type { Clock } from '@pomelo-ts/common';
import type { FileOptions } from './process-host.js';

/** How long node may be asked for modules, in ms: what is not known by then shows in the start. */
const lookMs = 5000;

/** What is not on this machine of the files that options of node name, as texts for a person, for each of these lists of options. */
export async function missingFilesIn(
  root: string,
  options: readonly FileOptions[],
  clock: Clock,
): Promise<readonly (readonly string[])[]> {
  const end = clock.now() + lookMs;
  const missing: (readonly string[])[] = [];
  for (const some of options)
    missing.push([...(await findMissingFiles(some, root, () => end - clock.now())).values()]);
  return missing;
}
