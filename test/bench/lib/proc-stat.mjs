import { readdirSync, readFileSync } from 'node:fs';

/** Length of one kernel clock tick: USER_HZ is 100 on every Linux that Node runs on. */
const tickMicros = 10_000;

/**
 * CPU time used by a process with all its threads so far, in microseconds, to 10 ms.
 *
 * @param {number} pid
 */
export function cpuMicros(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tickMicros;
}

/**
 * Resident memory of a process in KiB.
 *
 * @param {number} pid
 */
export function residentKb(pid) {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
  const found = /^Rss:\s+(\d+) kB$/m.exec(rollup);
  if (!found) throw new Error(`/proc/${pid}/smaps_rollup has no Rss line`);
  return Number(found[1]);
}

/**
 * Processes whose environment holds a text, found even when their parent is gone.
 *
 * @param {string} marker
 * @returns {{ pid: number, command: string }[]}
 */
export function processesMarked(marker) {
  const found = [];
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'latin1').includes(marker)) continue;
      const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ').trim();
      // A process that has ended and waits for its parent has no command line left.
      if (command) found.push({ pid, command });
    } catch {
      // The process ended while it was looked at.
    }
  }
  return found;
}
