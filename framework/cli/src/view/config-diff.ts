import type { TopologyDiff, ValueChange } from '@pomelo-ts/master';
import type { Paint } from '../terminal.js';
import { type Cell, showTable } from './table.js';
import { count } from './units.js';

/** What is different in the configuration, and what each change takes, as a table. */
export function configDiff({ added, removed, changes }: TopologyDiff, paint: Paint): string {
  const rows: Cell[][] = [
    ...added.map((id) => [{ text: `+ ${id}`, style: 'green' as const }, '', 'starts']),
    ...removed.map((id) => [{ text: `- ${id}`, style: 'red' as const }, '', 'stops']),
    ...changes.map((change) => [
      { text: `~ ${change.path}`, style: 'yellow' as const },
      `${show(change.from)} -> ${show(change.to)}`,
      needOf(change),
    ]),
  ];
  return showTable(['what', 'change', 'takes'], rows, paint);
}

function needOf({ need, ids }: ValueChange): string {
  switch (need) {
    case 'live':
      return 'nothing: applied while it runs';
    case 'restart':
      return `a restart of ${ids.length <= 3 ? ids.join(', ') : count(ids.length, 'server')}`;
    case 'master':
      return 'the next start of the master';
    case 'start':
      return `nothing: ${ids.length <= 3 ? ids.join(', ') : count(ids.length, 'server')} will start with it`;
    case 'back':
      return 'nothing: whom it concerns still runs with it';
    case 'nothing':
      return 'nothing: whom it concerns does not run';
  }
}

/** A value, cut where it is long. */
function show(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
