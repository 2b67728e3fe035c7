import { type Condition, type Happening, happenedBetween, type Row } from '@pomelo-ts/views';

/** Something that happened, and that charts have a mark for. */
export interface ClusterEvent {
  /** Milliseconds since 1970, by the master's clock. */
  readonly at: number;
  readonly kind: 'state' | 'crash' | 'build' | 'config' | 'operation' | 'problem' | 'logged';
  /** What is filled into the words of its kind. */
  readonly about: Readonly<Record<string, string>>;
}

/** What happened to a server between two looks at it. */
export function eventsBetween(before: Row | undefined, after: Row, at: number): readonly ClusterEvent[] {
  return happenedBetween(before && conditionIn(before), conditionIn(after), at).map(eventOf);
}

function conditionIn({ key, cells }: Row): Condition {
  const { state, restarts, build } = cells;
  return {
    id: key,
    state: String(state ?? ''),
    restarts: Number(restarts ?? 0),
    build: build == null ? null : String(build),
  };
}

/** What the master remembers that has happened, as marks have it. */
export const eventOf = ({ at, kind, id, is, why }: Happening): ClusterEvent => ({
  at,
  kind,
  about: { id, ...(is !== undefined && { [kind]: is }), ...(why !== undefined && { why }) },
});

/** What operators did, by the lines of the view of operations; `about` only what names a server. */
export function operationEvents(rows: readonly Row[], about?: string): readonly ClusterEvent[] {
  return rows.flatMap(({ cells }): ClusterEvent[] => {
    const { begun, verb, target, by } = cells;
    if (typeof begun !== 'number') return [];
    const targets = String(target ?? '');
    // an operation on all of a type names the type: it is better told than left out
    if (about !== undefined && /\w-\d+/.test(targets) && !targets.includes(about)) return [];
    return [
      {
        at: begun,
        kind: 'operation',
        about: { verb: String(verb ?? ''), target: targets, by: String(by ?? '') },
      },
    ];
  });
}

/** Farthest that the times are apart at which the master and this page have seen the same of a server, in ms: a look of the master later it is another. */
const sameMs = 500;

/** Events of a time, the oldest first, those that were told twice once: only the master knows why. */
export function eventsIn(
  events: readonly ClusterEvent[],
  fromMs: number,
  toMs: number,
): readonly ClusterEvent[] {
  const latest = new Map<string, number>();
  const all: ClusterEvent[] = [];
  const inTime = events.filter(({ at }) => at >= fromMs && at <= toMs).sort((a, b) => a.at - b.at);
  for (const event of inTime) {
    const { why, ...about } = event.about;
    const key = JSON.stringify([event.kind, about, about['id'] === undefined ? event.at : '']);
    const known = latest.get(key);
    if (known !== undefined && event.at - all[known]!.at < sameMs) {
      if (why !== undefined) all[known] = event;
      continue;
    }
    latest.set(key, all.length);
    all.push(event);
  }
  return all;
}
