import type { Message, TraceStep } from '@/api/types';
import type { Transcript } from './types';

/**
 * The steps in the order of the tree: parents before children, siblings by the peer's order, then by begin.
 * Inferred steps are left out where the peer has told of real tool calls under the same parent; what lies under them
 * moves up. Every other step is there once, whatever parents the peer names.
 */
export function traceOf(steps: readonly TraceStep[]): TraceStep[] {
  return treeOf(steps).map((node) => node.step);
}

/** A step with its place in the tree. */
export interface TraceNode {
  step: TraceStep;
  depth: number;
  /** The enclosing step in the tree, which is not always the one that the peer named. */
  parent: string | undefined;
  children: number;
}

/** Like `traceOf`, with the depth of each step and the number of its children. */
export function treeOf(steps: readonly TraceStep[]): TraceNode[] {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const parentOf = (step: TraceStep): TraceStep | undefined => {
    const id = step.parent_id;
    return id == null || id === step.id ? undefined : byId.get(id);
  };
  const told = new Set(steps.filter((step) => step.is_tool_call).map((step) => parentOf(step)?.id));
  const leftOut = (step: TraceStep): boolean => {
    const parent = step.inferred ? parentOf(step) : undefined;
    return parent !== undefined && told.has(parent.id);
  };
  const shown = steps.filter((step) => !leftOut(step));
  const children = new Map<string | undefined, TraceStep[]>();
  for (const step of shown) {
    let parent = parentOf(step);
    // Bounded, because parents may form a ring.
    for (let n = 0; parent && leftOut(parent) && n < steps.length; n += 1) parent = parentOf(parent);
    const siblings = children.get(parent?.id);
    if (siblings) siblings.push(step);
    else children.set(parent?.id, [step]);
  }
  for (const siblings of children.values()) sortSiblings(siblings);

  const nodes: TraceNode[] = [];
  const visited = new Set<string>();
  const visit = (start: TraceStep) => {
    const stack: Omit<TraceNode, 'children'>[] = [{ step: start, depth: 0, parent: undefined }];
    for (let top = stack.pop(); top; top = stack.pop()) {
      if (visited.has(top.step.id)) continue;
      visited.add(top.step.id);
      const below = children.get(top.step.id) ?? [];
      nodes.push({ ...top, children: below.length });
      for (let n = below.length - 1; n >= 0; n -= 1) {
        const step = below[n];
        if (step) stack.push({ step, depth: top.depth + 1, parent: top.step.id });
      }
    }
  };
  (children.get(undefined) ?? []).forEach(visit);
  // After the roots come those that no root leads to.
  shown.forEach(visit);
  return nodes;
}

/**
 * The tree with siblings in the order of their begin, as it is shown beside times. Siblings whose times come from two
 * clocks stay as they are.
 */
export function byTime(nodes: readonly TraceNode[]): TraceNode[] {
  const children = new Map<string | undefined, TraceNode[]>();
  for (const node of nodes) {
    const siblings = children.get(node.parent);
    if (siblings) siblings.push(node);
    else children.set(node.parent, [node]);
  }
  for (const [parent, siblings] of children) {
    if (siblings.every(({ step }) => step.peer_times)) children.set(parent, siblings.toSorted((a, b) => micros(a.step.started_at) - micros(b.step.started_at)));
  }
  const ordered: TraceNode[] = [];
  const stack = (children.get(undefined) ?? []).toReversed();
  for (let top = stack.pop(); top; top = stack.pop()) {
    ordered.push(top);
    stack.push(...(children.get(top.step.id) ?? []).toReversed());
  }
  return ordered;
}

function sortSiblings(siblings: TraceStep[]): void {
  if (siblings.length < 2) return;
  const keyed = siblings.map((step) => ({ step, at: micros(step.started_at) }));
  keyed.sort((a, b) => {
    const [left, right] = [a.step.order ?? Infinity, b.step.order ?? Infinity];
    if (left !== right) return left - right;
    return a.at - b.at || a.step.seq - b.step.seq;
  });
  keyed.forEach(({ step }, at) => (siblings[at] = step));
}

/** `Date` knows milliseconds only; the hub writes microseconds. */
function micros(timestamp: string): number {
  const fraction = /\.(\d+)/.exec(timestamp)?.[1] ?? '';
  return Math.floor(Date.parse(timestamp) / 1000) * 1e6 + Number(fraction.padEnd(6, '0').slice(0, 6));
}

/** The messages of the answer: those that `done` names, else all that were not superseded. */
export function answerOf(transcript: Pick<Transcript, 'messages' | 'done'>): Message[] {
  const named = transcript.done?.answer ?? [];
  if (named.length === 0) return transcript.messages.filter((message) => !message.superseded);
  const byId = new Map(transcript.messages.map((message) => [message.id, message]));
  return named.flatMap((id) => byId.get(id) ?? []);
}
