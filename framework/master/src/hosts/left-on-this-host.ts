import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ActingMaster } from '../processes/acting-master.js';
import { markedLives } from '../processes/process-marks.js';
import { type ProcessRecord, ProcessRecords } from '../processes/process-records.js';
import { whyElsewhere } from './local-hosts.js';

/** The servers of the game at `root` that run on this machine, whoever has started them; what is written of ended ones is forgotten. */
export async function leftOnThisHost(root: string): Promise<readonly ProcessRecord[]> {
  const names = namesBelow(join(root, '.pomelo-ts', 'servers')).map(decodeURIComponent);
  const found = await Promise.all(
    names.map(async (name) => ((await whyElsewhere(name)) ? [] : new ProcessRecords(root, name).living())),
  );
  for (const name of names) new ActingMaster(root, name).forgetEnded();
  const written = found.flat();
  const known = new Set(written.map(({ bootId }) => bootId));
  return [...written, ...markedLives(root).filter(({ bootId }) => !known.has(bootId))];
}

function namesBelow(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return []; // nothing was ever started
  }
}
