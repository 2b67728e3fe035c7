import type { TraceLine } from './traces.js';

/** Of what servers have seen in one and the same millisecond, what comes of the others is told after them. */
const rankOf = ({ kind }: TraceLine): number =>
  kind === 'request' || kind === 'notify' ? 0 : kind === 'work' ? 1 : 2;

/**
 * Lines of several servers in the order of time. Those of one server stay in the order in which it has told them; where two servers tell of
 * the same millisecond, a request stands before the work for it, and that before the answer.
 */
export function inOrder(lines: readonly TraceLine[]): readonly TraceLine[] {
  const byServer = new Map<string, TraceLine[]>();
  for (const line of lines) {
    const own = byServer.get(line.server);
    if (own) own.push(line);
    else byServer.set(line.server, [line]);
  }
  const queues = [...byServer.values()].map((own) => own.sort((a, b) => a.at - b.at).reverse());
  const ordered: TraceLine[] = [];
  for (let left = lines.length; left > 0; left--) ordered.push(firstOf(queues));
  return ordered;
}

/** Takes the line that is next out of queues whose ends are their oldest lines. */
function firstOf(queues: readonly TraceLine[][]): TraceLine {
  let first: TraceLine[] | undefined;
  for (const queue of queues) {
    const [line, best] = [queue.at(-1), first?.at(-1)];
    if (line && (!best || (line.at - best.at || rankOf(line) - rankOf(best)) < 0)) first = queue;
  }
  return first!.pop()!;
}
