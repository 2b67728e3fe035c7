/** Groups of two and more nodes of which each leads to each other: strongly connected components, by Tarjan. */
export function knotsOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  /** The earliest node that is reached from here and not yet in a group. */
  const earliest = new Map<string, number>();
  const open: string[] = [];
  const knots: string[][] = [];

  const visit = (node: string): void => {
    const own = order.size;
    order.set(node, own);
    earliest.set(node, own);
    open.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!order.has(next)) visit(next);
      if (open.includes(next)) earliest.set(node, Math.min(earliest.get(node)!, earliest.get(next)!));
    }
    if (earliest.get(node) !== own) return;
    const knot = open.splice(open.indexOf(node));
    if (knot.length > 1) knots.push(knot);
  };

  for (const node of graph.keys()) if (!order.has(node)) visit(node);
  return knots;
}
