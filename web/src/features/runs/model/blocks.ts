import type { StepNode } from './node';

/** All runs of one node of the workflow. */
export interface Block {
  name: string;
  /** In the order in which they began. */
  runs: StepNode[];
  open: number;
  failed: number;
  /** Of those that ended. */
  totalMs: number;
}

/** From one block to the next, as it happened. */
export interface Flow {
  from: string;
  to: string;
  /** `into`: from a step to the first one inside it. */
  kind: 'next' | 'into';
  count: number;
}

type Ending = Pick<StepNode, 'status' | 'duration'>;

/** The steps by the node that they are runs of, counted as they come. */
export class Blocks {
  readonly all = new Map<string, Block>();
  readonly flows = new Map<string, Flow>();
  readonly #counted = new Map<StepNode, Ending>();
  readonly #last = new Map<StepNode | undefined, StepNode>();

  add(node: StepNode): void {
    if (!node.isRunOfBlock) return;
    const block = this.all.get(node.block) ?? { name: node.block, runs: [], open: 0, failed: 0, totalMs: 0 };
    this.all.set(node.block, block);
    block.runs.push(node);
    block.open += 1;
    this.#counted.set(node, { status: undefined, duration: undefined });
    const parent = node.named;
    const before = this.#last.get(parent);
    this.#last.set(parent, node);
    if (before) this.#flow(before.block, node.block, 'next');
    else if (parent) this.#flow(parent.block, node.block, 'into');
    this.change(node);
  }

  change(node: StepNode): void {
    const before = this.#counted.get(node);
    const block = this.all.get(node.block);
    if (!before || !block) return;
    const sign = (status: StepNode['status']) => [status == null ? 1 : 0, status === 'failed' ? 1 : 0] as const;
    const [wasOpen, wasFailed] = sign(before.status);
    const [isOpen, isFailed] = sign(node.status);
    block.open += isOpen - wasOpen;
    block.failed += isFailed - wasFailed;
    block.totalMs += (node.duration ?? 0) - (before.duration ?? 0);
    this.#counted.set(node, { status: node.status, duration: node.duration });
  }

  #flow(from: string, to: string, kind: Flow['kind']): void {
    const key = `${kind}\n${from}\n${to}`;
    const known = this.flows.get(key);
    if (known) known.count += 1;
    else this.flows.set(key, { from, to, kind, count: 1 });
  }
}
