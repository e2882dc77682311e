/** Finds the loops of a directed graph: each set of files that can all be reached from one another. */

/** Loops as sorted lists of nodes; a node that names itself is a loop of one. */
export function findLoops(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const loops: string[][] = [];

  // Tarjan's strongly connected components: a component is complete when its first node cannot reach an earlier one.
  const visit = (node: string): void => {
    order.set(node, order.size);
    lowest.set(node, order.get(node) ?? 0);
    open.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!order.has(next)) visit(next);
      if (!open.includes(next)) continue;
      lowest.set(node, Math.min(lowest.get(node) ?? 0, lowest.get(next) ?? 0));
    }
    if (lowest.get(node) !== order.get(node)) return;
    const component = open.splice(open.indexOf(node));
    if (component.length > 1 || graph.get(node)?.includes(node)) loops.push(component.toSorted());
  };

  for (const node of graph.keys()) if (!order.has(node)) visit(node);
  return loops;
}
