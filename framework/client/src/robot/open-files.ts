import { spawnSync } from 'node:child_process';
import { RobotError } from './robot-error.js';

/** Files that a worker has open besides the connections of its robots: modules, pipes, the script's own. */
const spare = 64;
/** While a robot asks the gate it may have the old connection and the new one. */
const perRobot = 2;

/** How many files a process started from here may have open; undefined where that cannot be told. */
export function openFileLimit(): number | undefined {
  const { stdout } = spawnSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' });
  const limit = Number.parseInt(stdout ?? '', 10);
  return Number.isNaN(limit) ? undefined : limit;
}

/** @throws RobotError with the figures when a worker may not open enough connections */
export function requireOpenFiles(users: number, workers: number, limit: number | undefined): void {
  const needed = perRobot * Math.ceil(users / workers) + spare;
  if (limit === undefined || needed <= limit) return;
  const enough = Math.ceil((perRobot * users) / Math.max(limit - spare, 1));
  throw new RobotError(
    `${users} users in ${workers} ${workers === 1 ? 'worker' : 'workers'} need up to ${needed} open files in each, and here a process may have ${limit}: allow more (ulimit -n ${needed}) or take --workers ${enough}`,
  );
}
