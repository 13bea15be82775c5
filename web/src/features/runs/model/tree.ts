import type { TraceStep } from '@/api/types';
import { timeOf } from './clock';

/** A step's place in the tree. The step itself is `transcript.steps[index]`. */
export class TreeNode {
  readonly index: number;
  readonly id: string;
  readonly seq: number;
  readonly inferred: boolean;
  readonly isTool: boolean;
  /** As the peer names it. */
  parentId: string | undefined;
  order = Infinity;
  begin = 0;
  /** `begin` is by the peer's clock. */
  byPeer = false;
  /** The step that the peer names, if it is there. */
  named: TreeNode | undefined;
  readonly inside = new Set<TreeNode>();
  toolCalls = 0;
  /** Inferred, and the peer has told what really happened there. */
  leftOut = false;
  /** The enclosing step as it is shown. */
  parent: TreeNode | undefined;
  readonly children: TreeNode[] = [];
  /** Place among its siblings; -1 while it has none. */
  at = -1;
  depth = 0;

  constructor(index: number, step: TraceStep) {
    this.index = index;
    this.id = step.id;
    this.seq = step.seq;
    this.inferred = step.inferred ?? false;
    this.isTool = step.is_tool_call;
    this.take(step);
  }

  take(step: TraceStep): void {
    this.parentId = step.parent_id == null || step.parent_id === step.id ? undefined : step.parent_id;
    this.order = step.order ?? Infinity;
    this.begin = timeOf(step.started_at);
    this.byPeer = step.peer_times;
  }
}

/**
 * The tree of `byTime` (see `lib/fold`), kept as steps come: a step costs the depth of its place, and the order of
 * rows is made anew only when something moved, at most once for each look.
 */
export class StepTree<Node extends TreeNode = TreeNode> {
  readonly #byId = new Map<string, Node>();
  readonly #waiting = new Map<string, Node[]>();
  readonly #roots: Node[] = [];
  #rows: Node[] = [];
  #moved = false;
  #version = 0;

  get(id: string): Node | undefined {
    return this.#byId.get(id);
  }

  /** Changes whenever the rows do. */
  get version(): number {
    return this.#moved ? this.#version + 1 : this.#version;
  }

  add(node: Node): void {
    this.#byId.set(node.id, node);
    this.#name(node);
    const waited = this.#waiting.get(node.id);
    this.#waiting.delete(node.id);
    this.#place(node);
    for (const child of waited ?? []) {
      this.#name(child);
      this.#place(child);
    }
  }

  /** The step has changed: its parent, its order or its begin may be another. */
  change(node: Node, step: TraceStep): void {
    const { parentId, order, begin, byPeer } = node;
    node.take(step);
    if (node.parentId !== parentId) {
      this.#name(node);
      this.#place(node);
    } else if (node.order !== order || node.begin !== begin) {
      this.#settle(node);
    }
    if (node.begin !== begin || node.byPeer !== byPeer) this.#moved = true;
  }

  /** All shown steps, parents before children. The array grows in place; `version` tells. */
  rows(): readonly Node[] {
    if (!this.#moved) return this.#rows;
    this.#moved = false;
    this.#version += 1;
    const rows: Node[] = [];
    const stack = inTime(this.#roots).toReversed();
    for (let node = stack.pop(); node; node = stack.pop()) {
      node.depth = node.parent ? node.parent.depth + 1 : 0;
      rows.push(node);
      const below = inTime(node.children as Node[]);
      for (let n = below.length - 1; n >= 0; n -= 1) stack.push(below[n] as Node);
    }
    this.#rows = rows;
    return rows;
  }

  /** Ties a step to the one that its peer names as its parent. */
  #name(node: Node): void {
    const before = node.named as Node | undefined;
    before?.inside.delete(node);
    const parent = node.parentId === undefined ? undefined : this.#byId.get(node.parentId);
    node.named = parent;
    parent?.inside.add(node);
    if (!parent && node.parentId !== undefined) {
      const others = this.#waiting.get(node.parentId);
      if (others) others.push(node);
      else this.#waiting.set(node.parentId, [node]);
    }
    if (node.isTool && before !== parent) {
      if (before) this.#count(before, -1);
      if (parent) this.#count(parent, 1);
    }
    this.#leaveOut(node, node.inferred && parent !== undefined && parent.toolCalls > 0);
  }

  #count(parent: Node, more: number): void {
    parent.toolCalls += more;
    if (parent.toolCalls !== (more > 0 ? 1 : 0)) return;
    for (const child of parent.inside) {
      if (child.inferred) this.#leaveOut(child as Node, more > 0);
    }
  }

  #leaveOut(node: Node, leftOut: boolean): void {
    if (node.leftOut === leftOut) return;
    node.leftOut = leftOut;
    this.#place(node);
    this.#placeInside(node);
  }

  /** What lies under a step that is left out lies under the next one that is not. */
  #placeInside(node: Node, depth = 0): void {
    if (depth > 1000) return;
    for (const child of node.inside as Set<Node>) {
      if (child.leftOut) this.#placeInside(child, depth + 1);
      else this.#place(child);
    }
  }

  #place(node: Node): void {
    const parent = this.#shownParent(node);
    const siblings = parent ? (parent.children as Node[]) : this.#roots;
    const isNew = node.at < 0;
    if (!isNew) {
      if (!node.leftOut && node.parent === parent) return;
      this.#takeOut(node);
    }
    if (node.leftOut) return;
    node.parent = parent;
    const appended = insert(siblings, node);
    const last = this.#rows.at(-1);
    if (isNew && appended && node.children.length === 0 && !this.#moved && (!parent || (last && within(last, parent))) && comesLast(node, siblings, last)) {
      node.depth = parent ? parent.depth + 1 : 0;
      this.#rows.push(node);
      this.#version += 1;
    } else {
      this.#moved = true;
    }
  }

  #shownParent(node: Node): Node | undefined {
    let parent = node.named;
    // Bounded, because parents may form a ring.
    for (let n = 0; parent?.leftOut && n < 1000; n += 1) parent = parent.named;
    return parent && within(parent, node) ? undefined : (parent as Node | undefined);
  }

  #takeOut(node: Node): void {
    const siblings = node.parent ? node.parent.children : this.#roots;
    siblings.splice(node.at, 1);
    renumber(siblings, node.at);
    node.at = -1;
    this.#moved = true;
  }

  /** Moves a step among its siblings if it no longer fits where it is. */
  #settle(node: Node): void {
    if (node.at < 0) return;
    const siblings = (node.parent ? node.parent.children : this.#roots) as Node[];
    const [before, after] = [siblings[node.at - 1], siblings[node.at + 1]];
    if ((!before || inOrder(before, node) <= 0) && (!after || inOrder(node, after) <= 0)) return;
    this.#takeOut(node);
    insert(siblings, node);
  }
}

/** Siblings: by the peer's order, then by begin, then as they were opened. */
function inOrder(a: TreeNode, b: TreeNode): number {
  if (a.order !== b.order) return a.order - b.order;
  return a.begin - b.begin || a.seq - b.seq;
}

/** As they are shown: by begin where one clock says it of all. */
function inTime<Node extends TreeNode>(siblings: readonly Node[]): readonly Node[] {
  if (siblings.length < 2 || !siblings.every(({ byPeer }) => byPeer)) return siblings;
  return siblings.toSorted((a, b) => a.begin - b.begin);
}

/** Whether a step that is the last of its siblings by order is so by time as well, given the last row above it. */
function comesLast(node: TreeNode, siblings: readonly TreeNode[], last: TreeNode | undefined): boolean {
  const before = siblings[node.at - 1];
  if (!before || !last) return true;
  if (node.byPeer !== before.byPeer) return false;
  let shown = last;
  while (shown.parent && shown.parent !== node.parent) shown = shown.parent;
  return !node.byPeer || shown.begin <= node.begin;
}

/** Whether it came last. */
function insert(siblings: TreeNode[], node: TreeNode): boolean {
  const last = siblings.at(-1);
  let at = siblings.length;
  if (last && inOrder(last, node) > 0) {
    let low = 0;
    while (low < at) {
      const middle = (low + at) >> 1;
      const other = siblings[middle];
      if (other && inOrder(other, node) <= 0) low = middle + 1;
      else at = middle;
    }
  }
  siblings.splice(at, 0, node);
  renumber(siblings, at);
  return at === siblings.length - 1;
}

function renumber(siblings: readonly TreeNode[], from: number): void {
  for (let n = from; n < siblings.length; n += 1) {
    const node = siblings[n];
    if (node) node.at = n;
  }
}

/** Whether `node` is `outer` or lies under it. */
function within(node: TreeNode, outer: TreeNode): boolean {
  let above: TreeNode | undefined = node;
  for (let n = 0; above && n < 100_000; n += 1) {
    if (above === outer) return true;
    above = above.parent;
  }
  return false;
}
