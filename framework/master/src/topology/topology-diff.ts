import { createHash } from 'node:crypto';
import type { ClusterConfig, ServerEntry } from '@pomelo-ts/cluster';
import { fieldInFile, pathInFile, valueInFile } from '@pomelo-ts/cluster/masters';
import { isLiveField, liveSettings } from './live-fields.js';

/**
 * What a change takes: it is applied while servers run (`live`), their restart (`restart`), the next start of the master
 * (`master`), or nothing: those start with it that this very difference adds (`start`), those whom it concerns still run with it, as
 * an earlier change is taken back (`back`), or none of them runs (`nothing`).
 */
export type Need = 'live' | 'restart' | 'master' | 'start' | 'back' | 'nothing';

/** One value that differs. */
export interface ValueChange {
  /** `chat-1.port`, `settings.log.level`, `crons.chat`. */
  readonly path: string;
  /** Missing, as `to`, where there is none. */
  readonly from?: unknown;
  readonly to?: unknown;
  readonly need: Need;
  /** The servers it concerns. */
  readonly ids: readonly string[];
}

/** What another reading of the configuration brings. */
export interface TopologyDiff {
  /** Names this very difference. */
  readonly digest: string;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changes: readonly ValueChange[];
  /** Servers that run and would have to be restarted for these changes. */
  readonly restart: readonly string[];
  /** Servers that run with values of before an earlier change, and not with those of now. */
  readonly waiting: readonly string[];
  /** Servers that ran with values of before an earlier change, which are those of now again. */
  readonly back: readonly string[];
}

/** Parts of master.json that the master asks for each time. */
const liveOfMaster =
  /^master\.(startTimeoutMs|stopTimeoutMs|restart\.|allowEval$|admin\.(roles|oidc\.roles|idleTimeout|secondFactor)(\.|$))/;

/** What runs now. */
export interface Running {
  /** Whether a server has a process. */
  runs(id: string): boolean;
  /** Ids of those that were started with what the configuration does not say any more. */
  readonly waiting: readonly string[];
  /** The configuration that one of those was started with, where it is known. */
  startedAs?(id: string): ClusterConfig | undefined;
}

/** How `after` differs from `before`. */
export function diffConfigs(
  before: ClusterConfig,
  after: ClusterConfig,
  { runs, waiting, startedAs }: Running,
): TopologyDiff {
  const back = waiting.filter((id) => {
    const started = startedAs?.(id);
    const alone: Running = { runs: (other) => other === id, waiting: [] };
    return started && !diffConfigs(started, after, alone).restart.includes(id);
  });
  const was = new Map(before.servers.map((server) => [server.id, server]));
  const is = new Map(after.servers.map((server) => [server.id, server]));
  const kept = after.servers.filter(({ id }) => was.has(id));
  const running = kept.filter(({ id }) => runs(id));
  const added = [...is.keys()].filter((id) => !was.has(id));
  const removed = [...was.keys()].filter((id) => !is.has(id));
  const concerned = { running, added: after.servers.filter(({ id }) => !was.has(id)) };
  const changes = [
    ...kept.flatMap((server) => serverChanges(was.get(server.id)!, server, runs(server.id))),
    ...partChanges('settings', before, after, concerned),
    ...partChanges('master', before, after, concerned),
    ...cronChanges(before, after, concerned),
    ...wholeChanges(before, after, concerned),
  ].map((change) => withoutBack(change, back));
  const restart = new Set(changes.filter(({ need }) => need === 'restart').flatMap(({ ids }) => ids));
  const facts = { added: added.map((id) => is.get(id)), removed, changes };
  const digest = createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 16);
  const ids = running.map(({ id }) => id).filter((id) => restart.has(id));
  const still = waiting.filter((id) => !back.includes(id));
  return { digest, added, removed, changes, restart: ids, waiting: still, back };
}

/** Whether anything differs. */
export const isEmpty = ({ added, removed, changes }: TopologyDiff): boolean =>
  added.length + removed.length + changes.length === 0;

/** Servers of both configurations that run, and those of the later one alone. */
interface Concerned {
  readonly running: readonly ServerEntry[];
  readonly added: readonly ServerEntry[];
}

/** Whom a change of what servers share concerns, and what it takes. */
function takenBy(
  { running, added }: Concerned,
  isMeant: (server: ServerEntry) => boolean = () => true,
  need: Need = 'restart',
): Pick<ValueChange, 'need' | 'ids'> {
  const ids = running.filter(isMeant).map(({ id }) => id);
  if (ids.length > 0) return { need, ids };
  const starting = added.filter(isMeant).map(({ id }) => id);
  return { need: starting.length > 0 ? 'start' : 'nothing', ids: starting };
}

/** Those that run with the later value already need no restart for it. */
function withoutBack(change: ValueChange, back: readonly string[]): ValueChange {
  if (change.need !== 'restart') return change;
  const ids = change.ids.filter((id) => !back.includes(id));
  return ids.length > 0 ? { ...change, ids } : { ...change, need: 'back' };
}

function serverChanges(before: ServerEntry, after: ServerEntry, runs: boolean): ValueChange[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys
    .filter((key) => !same(before[key], after[key]))
    .map((key) => {
      const need = !runs ? 'nothing' : isLiveField(key) ? 'live' : 'restart';
      return {
        path: `${after.id}.${fieldInFile(key)}`,
        from: before[key],
        to: after[key],
        need,
        ids: [after.id],
      };
    });
}

function partChanges(
  part: 'settings' | 'master',
  before: ClusterConfig,
  after: ClusterConfig,
  concerned: Concerned,
): ValueChange[] {
  return leavesThatDiffer(before[part], after[part], part).map(({ path, from, to }) => {
    const shown = { path: pathInFile(path), from: valueInFile(path, from), to: valueInFile(path, to) };
    if (part === 'master') return { ...shown, need: liveOfMaster.test(path) ? 'live' : 'master', ids: [] };
    return { ...shown, ...takenBy(concerned, undefined, liveSettings.has(path) ? 'live' : 'restart') };
  });
}

function cronChanges(before: ClusterConfig, after: ClusterConfig, concerned: Concerned): ValueChange[] {
  const owners = [...new Set([...Object.keys(before.crons), ...Object.keys(after.crons)])];
  return owners
    .filter((owner) => !same(before.crons[owner] ?? [], after.crons[owner] ?? []))
    .map((owner) => {
      const taken = takenBy(concerned, ({ id, type }) => id === owner || type === owner);
      return { path: `crons.${owner}`, from: before.crons[owner], to: after.crons[owner], ...taken };
    });
}

/** What every server has as a whole, as all must agree on it. */
function wholeChanges(before: ClusterConfig, after: ClusterConfig, concerned: Concerned): ValueChange[] {
  return (['dictionary', 'clientProtos', 'serverProtos'] as const)
    .filter((part) => !same(before[part], after[part]))
    .map((part) => ({ path: part, from: before[part], to: after[part], ...takenBy(concerned) }));
}

interface Leaf {
  readonly path: string;
  readonly from: unknown;
  readonly to: unknown;
}

function leavesThatDiffer(before: unknown, after: unknown, path: string): Leaf[] {
  if (same(before, after)) return [];
  if (!isObject(before) || !isObject(after)) return [{ path, from: before, to: after }];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => leavesThatDiffer(before[key], after[key], `${path}.${key}`));
}

/** Whether both say the same, whatever the order of their keys. */
function same(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => same(item, b[index]));
  if (!isObject(a) || !isObject(b)) return a === b;
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return keys.every((key) => same(a[key], b[key]));
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
