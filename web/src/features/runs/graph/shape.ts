import type { Schemas } from '@/api/types';
import type { Block } from '../model/blocks';
import type { StepNode } from '../model/node';
import type { Trace } from '../model/trace';

export type BlockState = 'idle' | 'running' | 'succeeded' | 'failed' | 'disabled' | 'mixed';

/** A box of the graph. */
export interface ShapeNode {
  id: string;
  name: string;
  type: string | undefined;
  state: BlockState;
  /** Runs of the node that ended, and all of them; both 1 where a box is one step. */
  ended: number;
  total: number;
  durationMs: number | undefined;
  /** The steps that it stands for, in order. */
  steps: readonly StepNode[];
  position: readonly [number, number] | undefined;
}

export interface ShapeEdge {
  id: string;
  from: string;
  to: string;
  /** The peer's own type where it is not the main way, or `into` for the way into a step. */
  kind: string | undefined;
  taken: boolean;
  count: number;
}

export interface Shape {
  nodes: ShapeNode[];
  edges: ShapeEdge[];
  /** Steps that there was no room for. */
  left: number;
}

/** No more boxes than a person can look at, or a browser can lay out at once. */
export const MOST_STEPS = 200;

function stateOf(block: Block | undefined, disabled: boolean): BlockState {
  if (!block) return disabled ? 'disabled' : 'idle';
  if (block.open > 0) return 'running';
  if (block.failed === 0) return 'succeeded';
  return block.failed === block.runs.length ? 'failed' : 'mixed';
}

function ofBlock(name: string, type: string | undefined, block: Block | undefined, disabled = false, position?: number[] | null): ShapeNode {
  const [x, y] = position ?? [];
  return {
    id: name,
    name,
    type,
    state: stateOf(block, disabled),
    ended: block ? block.runs.length - block.open : 0,
    total: block?.runs.length ?? 0,
    durationMs: block?.totalMs,
    steps: block?.runs ?? [],
    position: x === undefined || y === undefined ? undefined : [x, y],
  };
}

/** The workflow as it was drawn, with what ran of it. What ran and is not drawn is put where it happened. */
export function aggregated({ model, steps }: Trace, graph: Schemas['Graph'] | undefined): Shape {
  const { all, flows } = model.blocks;
  const drawn = new Set(graph?.nodes.map(({ name }) => name));
  const typeOf = (block: Block) => steps[block.runs[0]?.index ?? -1]?.node_type ?? undefined;
  const nodes = [
    ...(graph?.nodes ?? []).map(({ name, type, disabled, position }) => ofBlock(name, type, all.get(name), disabled, position)),
    ...[...all.values()].filter(({ name }) => !drawn.has(name)).map((block) => ofBlock(block.name, typeOf(block), block)),
  ];
  const edges: ShapeEdge[] = [];
  for (const { from, to, type } of graph?.edges ?? []) {
    const taken = all.has(from) && all.has(to);
    edges.push({ id: `${from}\n${to}\n${type}`, from, to, kind: type === 'main' || type === 'source' ? undefined : type, taken, count: 0 });
  }
  for (const { from, to, kind, count } of flows.values()) {
    // What is drawn already says where it goes.
    if (from === to || (drawn.has(from) && drawn.has(to))) continue;
    edges.push({ id: `${kind}\n${from}\n${to}`, from, to, kind: kind === 'into' ? 'into' : undefined, taken: true, count });
  }
  return { nodes, edges, left: 0 };
}

function ofStep(node: StepNode, { steps }: Trace): ShapeNode {
  const step = steps[node.index];
  const state = step?.status == null ? 'running' : step.status === 'failed' ? 'failed' : step.status === 'succeeded' ? 'succeeded' : 'idle';
  const ended = node.open ? 0 : 1;
  return {
    id: node.id,
    name: step?.name ?? node.id,
    type: step?.node_type ?? undefined,
    state,
    ended,
    total: 1,
    durationMs: node.duration,
    steps: [node],
    position: undefined,
  };
}

/** Every step a box: from each to those inside it, and to the next beside it. Of many, those around the chosen one. */
export function expanded(trace: Trace, selected: string | undefined, most = MOST_STEPS): Shape {
  const { rows } = trace;
  const chosen = selected === undefined ? -1 : rows.findIndex(({ id }) => id === selected);
  const first = Math.max(0, Math.min(chosen - Math.floor(most / 2), rows.length - most));
  const shown = rows.slice(first, first + most);
  const there = new Set(shown);
  const edges: ShapeEdge[] = [];
  const edge = (from: StepNode, to: StepNode, kind: string | undefined) =>
    edges.push({ id: `${from.id}\n${to.id}`, from: from.id, to: to.id, kind, taken: true, count: 1 });
  const siblingsOf = siblings(rows);
  for (const node of shown) {
    const before = beforeOf(node, siblingsOf(node));
    if (before && there.has(before)) edge(before, node, undefined);
    else if (node.parent && there.has(node.parent)) edge(node.parent, node, 'into');
  }
  return { nodes: shown.map((node) => ofStep(node, trace)), edges, left: rows.length - shown.length };
}

function siblings(rows: readonly StepNode[]): (node: StepNode) => readonly StepNode[] {
  let roots: StepNode[] | undefined;
  return (node) => node.parent?.children ?? (roots ??= rows.filter(({ parent }) => !parent));
}

/** The nearest earlier sibling that had ended when this one began: what goes on beside it is no step before it. */
function beforeOf(node: StepNode, beside: readonly StepNode[]): StepNode | undefined {
  for (let at = node.at - 1; at >= Math.max(0, node.at - 50); at -= 1) {
    const other = beside[at];
    if (other && (other.end ?? Infinity) <= node.start + 1) return other;
  }
  return undefined;
}
