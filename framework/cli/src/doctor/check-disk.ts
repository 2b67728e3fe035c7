import { join } from 'node:path';
import { otherOwner } from '@pomelo-ts/common/internal';
import { disksOf } from '@pomelo-ts/master/internal';
import { escaped } from '../view/escaped.js';
import { count, showBytes } from '../view/units.js';
import type { Check, Finding } from './finding.js';

/** Less free space than this is told, in bytes. */
const littleBytes = 1024 ** 3;

/** Whether logs and records have room, on this host and on all others that were asked. */
export const checkDisk: Check = async ({ root, look }) => {
  const { seen } = await look;
  const others = [...seen].filter(([, { here }]) => !here);
  const hosts = [
    { place: 'here', disks: disksOf(root) },
    ...others.map(([name, { facts }]) => ({ place: `on ${name}`, disks: facts.disks })),
  ];
  const findings = hosts.flatMap(({ place, disks }) =>
    disks.flatMap(({ folder: name, freeBytes, unwritable }): Finding[] => {
      const folder = escaped(name); // another host tells it
      const cure = `remove old logs, or mount more space at ${folder}/, ${place === 'here' ? 'here' : place}`;
      if (unwritable !== undefined) {
        const other = place === 'here' ? otherOwner(join(root, name), { write: true }) : undefined;
        const text = `nothing can be written to ${folder}/ ${place}: ${escaped(unwritable)}`;
        const denied = /^E(?:ACCES|PERM)/.test(unwritable);
        const whose = other
          ? `run this as ${other.owner}, whose it is`
          : 'have it belong to the user who runs the game';
        return [{ check: 'disk', state: 'wrong', text, cure: denied ? whose : cure }];
      }
      if (freeBytes >= littleBytes) return [];
      const text = `only ${showBytes(freeBytes)} free for ${folder}/ ${place}`;
      return [{ check: 'disk', state: 'wrong', text, cure }];
    }),
  );
  if (findings.length > 0) return findings;
  const least = Math.min(...hosts.flatMap(({ disks }) => disks.map(({ freeBytes }) => freeBytes)));
  const where = others.length > 0 ? ` on each of ${count(hosts.length, 'host')}` : '';
  return [{ check: 'disk', state: 'fine', text: `${showBytes(least)} free for logs and records${where}` }];
};
