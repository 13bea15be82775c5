import type { TraceStep } from '@/api/types';
import type { PeerClock } from './clock';
import { TreeNode } from './tree';

/** A step of the trace: its place in the tree, and when what happened. Times are milliseconds of the hub's clock. */
export class StepNode extends TreeNode {
  declare named: StepNode | undefined;
  declare parent: StepNode | undefined;
  declare readonly children: StepNode[];
  /** Name of the node or block that it is a run of. */
  readonly block: string;
  /** When the hub heard of its begin. */
  readonly heard: number;
  heardEnd: number | undefined;
  /** Set when its times are the peer's. */
  clock: PeerClock | undefined;
  /** The peer told how long it took. */
  measuredByPeer = false;
  duration: number | undefined;
  status: TraceStep['status'];
  firstText: number | undefined;
  lastText: number | undefined;

  constructor(index: number, step: TraceStep, heard: number) {
    super(index, step);
    this.block = step.source?.node ?? step.source?.tool ?? step.name;
    this.heard = heard;
  }

  get start(): number {
    return this.begin + (this.clock?.offset ?? 0);
  }

  /** Absent while it is going on. */
  get end(): number | undefined {
    return this.duration === undefined ? undefined : this.start + this.duration;
  }

  get open(): boolean {
    return this.status == null;
  }

  /** A run of its block, rather than a part of one. */
  get isRunOfBlock(): boolean {
    return !this.inferred && this.named?.block !== this.block;
  }
}
