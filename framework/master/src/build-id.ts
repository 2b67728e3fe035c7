import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from '@pomelo-ts/common/config';

/** Identifies the code that servers run: POMELO_TS_BUILD, else the version in the game's package.json. */
export function buildIdOf(root: string): string {
  const given = process.env['POMELO_TS_BUILD'];
  if (given) return given;
  const file = join(root, 'package.json');
  if (!existsSync(file)) return '0.0.0';
  const { version } = readJson(file, 'package.json') as { version?: string };
  return version ?? '0.0.0';
}
