import type { HealthFinding } from '@pomelo-ts/common/ops';
import type { rowOf } from '../servers/server-row.js';
import type { ServerRecord } from '../supervisor/server-record.js';

/** Another master leads. */
export const notLeading: HealthFinding = {
  status: 'DOWN',
  cause: 'this master does not lead any more',
  cure: 'pomelo-ts list tells who does',
};

/** A server as its record and its row tell it. */
export type Seen = { readonly record: ServerRecord; readonly row: ReturnType<typeof rowOf> };

/** Most servers that are named in a finding. */
const mostNamed = 20;

/** Whether all servers serve that should. */
export function serversHealth(all: readonly Seen[]): HealthFinding {
  const bad = all.filter((one) => shouldRun(one) && !serves(one));
  const details = { servers: all.length, ready: all.filter(({ row }) => row.state === 'ready').length };
  if (bad.length === 0) return { status: 'UP', details };
  const gone = typesWithoutOne(all);
  const named = bad.slice(0, mostNamed).map(({ row }) => `${row.id} (${endOf(row)})`);
  return {
    status: gone.length > 0 ? 'DOWN' : 'DEGRADED',
    cause: `${bad.length} of ${all.length} servers do not serve: ${named.join(', ')}${
      gone.length > 0 ? `; nobody serves ${gone.join(', ')}` : ''
    }`,
    cure: cureOf(bad),
    details,
  };
}

/** Also one that has ended by itself and is not started again: nobody has stopped it. */
const shouldRun = ({ record: { wanted }, row: { state } }: Seen) =>
  wanted || state === 'gone' || state === 'failed';

const serves = ({ row: { state } }: Seen) => state === 'ready' || state === 'draining';

/** What whoever reads the port may know of an end: what a crash says of its error can have names of players and secrets in it. */
function endOf({ exit, state }: Seen['row']): string {
  return exit === undefined ? state : `${exit}, ${state}`;
}

/** Looks into the logs come first; what the master starts again by itself needs nothing else. */
function cureOf(bad: readonly Seen[]): string {
  const [{ row: first }] = bad as [Seen];
  const look = `pomelo-ts logs ${first.id}`;
  const forGood = bad.filter(({ record, row }) => !comesBack(record, row.state)).map(({ row }) => row.id);
  if (forGood.length === 0) return `${look} tells why; the master starts it again by itself`;
  return `${look} tells why; pomelo-ts start -i ${forGood.slice(0, mostNamed).join(' ')}`;
}

/** A server that is lost may also come back with its link. */
function comesBack({ entry, wanted }: ServerRecord, state: Seen['row']['state']): boolean {
  if (!wanted) return false;
  const restarts = entry.autoRestart || entry.restartForce;
  return (
    state === 'starting' ||
    state === 'stopping' ||
    ((state === 'gone' || state === 'lost') && restarts === true)
  );
}

/** Types that should run and of which nobody serves. */
function typesWithoutOne(all: readonly Seen[]): string[] {
  const wanted = new Set(all.filter(shouldRun).map(({ row }) => row.type));
  for (const one of all) if (serves(one)) wanted.delete(one.row.type);
  return [...wanted].sort();
}
