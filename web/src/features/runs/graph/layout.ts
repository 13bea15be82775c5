import { Graph, layout as place } from '@dagrejs/dagre';
import type { Shape } from './shape';

export const BOX = { width: 208, height: 60 };

type Places = ReadonlyMap<string, { x: number; y: number }>;

/** Where each box goes, from left to right; the same for the same graph. */
export function tidy(shape: Shape): Places {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', nodesep: 28, ranksep: shape.edges.some(({ kind }) => kind && kind !== 'into') ? 112 : 56, marginx: 16, marginy: 16 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id } of shape.nodes) graph.setNode(id, { ...BOX });
  const there = new Set(shape.nodes.map(({ id }) => id));
  for (const { id, from, to, kind } of shape.edges) {
    // The main way is straight; what hangs on it gives way.
    if (there.has(from) && there.has(to)) graph.setEdge(from, to, { weight: kind ? 1 : 4 }, id);
  }
  place(graph);
  return new Map(
    shape.nodes.map(({ id }) => {
      const { x, y } = graph.node(id) as { x: number; y: number };
      return [id, { x: x - BOX.width / 2, y: y - BOX.height / 2 }];
    }),
  );
}

/** Where the peer's own editor has them; nothing when it does not say. */
export function asDrawn(shape: Shape): Places | undefined {
  const placed = shape.nodes.flatMap(({ id, position }) => (position ? [[id, { x: position[0], y: position[1] }] as const] : []));
  const places = new Set(placed.map(([, { x, y }]) => `${x} ${y}`));
  return placed.length > 1 && placed.length === shape.nodes.length && places.size === placed.length ? new Map(placed) : undefined;
}
