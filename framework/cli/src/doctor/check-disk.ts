import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { showBytes } from '../view/units.js';
import type { Check } from './finding.js';

/** Less free space than this is told, in bytes. */
const littleBytes = 1024 ** 3;

/** Whether logs and records have room on this host. */
export const checkDisk: Check = async ({ root }) => {
  const logs = join(root, 'logs');
  const { bavail, bsize } = await statfs(existsSync(logs) ? logs : root);
  const free = bavail * bsize;
  if (free >= littleBytes)
    return [{ check: 'disk', state: 'fine', text: `${showBytes(free)} free for logs` }];
  const cure = 'remove old logs, or mount more space at logs/';
  return [{ check: 'disk', state: 'wrong', text: `only ${showBytes(free)} free for logs and records`, cure }];
};
