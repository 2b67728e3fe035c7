import { type Condition, type Happening, happenedBetween, type Row } from '@pomelo-ts/views';

/** Something that happened, and that charts have a mark for. */
export interface ClusterEvent {
  /** Milliseconds since 1970, by the master's clock. */
  readonly at: number;
  readonly kind: 'state' | 'crash' | 'build' | 'operation' | 'problem';
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
export const eventOf = ({ at, kind, id, is }: Happening): ClusterEvent => ({
  at,
  kind,
  about: { id, ...(is !== undefined && { [kind]: is }) },
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

/** Events of a time, the oldest first, those that were told twice once. */
export function eventsIn(
  events: readonly ClusterEvent[],
  fromMs: number,
  toMs: number,
): readonly ClusterEvent[] {
  const seen = new Set<string>();
  return events
    .filter((event) => {
      const key = JSON.stringify(event);
      const isNew = !seen.has(key) && event.at >= fromMs && event.at <= toMs;
      seen.add(key);
      return isNew;
    })
    .sort((a, b) => a.at - b.at);
}
