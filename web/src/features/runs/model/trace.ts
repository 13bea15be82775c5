import type { RunView } from '@/api/events';
import type { EventType, InputRequired, Schemas, StreamEvent, TraceStep, Usage } from '@/api/types';
import { Blocks } from './blocks';
import { PeerClock, timeOf } from './clock';
import { StepNode } from './node';
import { StepTree } from './tree';

/** While the run waited for a person, a time or something outside. */
export interface Pause {
  from: number;
  to: number | undefined;
  /** The step that asked, where it is known. */
  node: StepNode | undefined;
  question: InputRequired;
}

/** How the hub's connection to the peer was. */
export interface LinkSpan {
  from: number;
  to: number | undefined;
  up: boolean;
  attempt: number;
  reason: string | undefined;
}

/** Something to see on the time axis. */
export interface Mark {
  at: number;
  seq: number;
  kind: 'error' | 'lost' | 'reconnecting' | 'recovering' | 'recovered';
  text: string;
}

/**
 * What the views need beside the fold: the tree in order, times on one clock, pauses, the state of the connection,
 * figures by node. Each event costs constant time, so a long log costs no more for each event than a short one.
 */
export class TraceModel {
  readonly tree = new StepTree<StepNode>();
  readonly blocks = new Blocks();
  /** In the order in which they were opened, like `transcript.steps`. */
  readonly nodes: StepNode[] = [];
  readonly counts = new Map<EventType, number>();
  readonly pauses: Pause[] = [];
  readonly links: LinkSpan[] = [];
  readonly marks: Mark[] = [];
  readonly byModel = new Map<string, Usage>();
  begin: number | undefined;
  end: number | undefined;
  /** When the hub wrote the last event. */
  last = 0;
  firstText: number | undefined;
  lastText: number | undefined;
  #read = 0;
  /** What is timed by the hub; its offset is 0. */
  readonly #own = new PeerClock();
  #attempt = 1;
  readonly #clocks = new Map<string, PeerClock>();
  readonly #touched = new Set<StepNode>();

  /** Takes the events up to `count`. `steps` is what the fold made of them. */
  advance(events: readonly StreamEvent[], count: number, steps: readonly TraceStep[]): void {
    for (; this.#read < count; this.#read += 1) {
      const event = events[this.#read];
      if (event) this.#take(event, steps);
    }
    for (const node of this.#touched) this.#refresh(node, steps[node.index]);
    this.#touched.clear();
  }

  /** First and last moment that there is something to see. `now` counts while the run goes on. */
  span(now: number): [from: number, to: number] {
    const clocks = [this.#own, ...this.#clocks.values()];
    const from = Math.min(this.begin ?? now, ...clocks.map((clock) => clock.earliest + clock.offset));
    const to = Math.max(this.end ?? now, this.last, ...clocks.map((clock) => clock.latest + clock.offset));
    return [from, Math.max(to, from + 1)];
  }

  /** The largest correction of a peer's clock. */
  get skew(): number {
    const offsets = [...this.#clocks.values()].map((clock) => clock.offset);
    return offsets.reduce((most, offset) => (Math.abs(offset) > Math.abs(most) ? offset : most), 0);
  }

  #take(event: StreamEvent, steps: readonly TraceStep[]): void {
    const at = timeOf(event.timestamp);
    this.last = at;
    this.counts.set(event.type, (this.counts.get(event.type) ?? 0) + 1);
    switch (event.type) {
      case 'start':
        this.begin = at;
        this.links.push({ from: at, to: undefined, up: true, attempt: 1, reason: undefined });
        break;
      case 'step_start':
      case 'tool_start':
        this.#open(steps[this.nodes.length], at, event.type === 'step_start' ? event.step_id : event.tool_id);
        break;
      case 'step_end':
      case 'tool_end': {
        const node = this.#node(event.type === 'step_end' ? event.step_id : event.tool_id);
        if (!node) break;
        node.heardEnd = at;
        node.measuredByPeer ||= event.data.duration_ms != null;
        this.#touched.add(node);
        break;
      }
      case 'delta':
        this.#text(this.#node(event.tool_id ?? event.step_id), at);
        break;
      case 'usage':
        this.#usage(event.data);
        break;
      case 'error':
        this.marks.push({ at, seq: event.seq, kind: 'error', text: event.data.message });
        break;
      case 'input_required': {
        const node = this.#node(event.step_id) ?? this.blocks.all.get(event.source?.node ?? '')?.runs.at(-1);
        this.pauses.push({ from: at, to: undefined, node, question: event.data });
        break;
      }
      case 'input_resolved': {
        const pause = this.pauses.findLast(({ question, to }) => to === undefined && question.request_id === event.data.request_id);
        if (pause) pause.to = at;
        break;
      }
      case 'link':
        this.#link(event.data, event.seq, at);
        break;
      case 'done': {
        this.end = at;
        const span = this.links.at(-1);
        if (span) span.to = at;
        break;
      }
    }
  }

  #node(id: string | null | undefined): StepNode | undefined {
    return id == null ? undefined : this.tree.get(id);
  }

  #open(step: TraceStep | undefined, heard: number, id: string | null | undefined): void {
    // An event without its id is not folded into a step either.
    if (!step || id == null) return;
    const node = new StepNode(this.nodes.length, step, heard);
    this.nodes.push(node);
    this.tree.add(node);
    this.blocks.add(node);
    this.#touched.add(node);
  }

  #refresh(node: StepNode, step: TraceStep | undefined): void {
    if (!step) return;
    this.tree.change(node, step);
    node.status = step.status;
    node.duration = step.duration_ms ?? undefined;
    if (step.peer_times) this.#alignClock(node, step);
    (node.clock ?? this.#own).reach(node.begin, node.begin + (node.duration ?? 0));
    this.blocks.change(node);
  }

  #alignClock(node: StepNode, step: TraceStep): void {
    const name = step.source?.backend_id ?? '';
    const clock = this.#clocks.get(name) ?? new PeerClock();
    this.#clocks.set(name, clock);
    node.clock = clock;
    clock.heardOf(node.begin, node.heard);
    if (this.begin !== undefined) clock.notBefore(node.begin, this.begin);
    if (node.measuredByPeer && node.heardEnd !== undefined) clock.heardOf(node.begin + (node.duration ?? 0), node.heardEnd);
  }

  #text(node: StepNode | undefined, at: number): void {
    this.firstText ??= at;
    this.lastText = at;
    if (!node) return;
    node.firstText ??= at;
    node.lastText = at;
  }

  #usage(more: Usage): void {
    const name = more.model ?? '';
    const sum = this.byModel.get(name) ?? { model: more.model, input_tokens: 0, output_tokens: 0 };
    this.byModel.set(name, {
      ...sum,
      input_tokens: sum.input_tokens + more.input_tokens,
      output_tokens: sum.output_tokens + more.output_tokens,
      cost_usd: more.cost_usd == null ? sum.cost_usd : (sum.cost_usd ?? 0) + more.cost_usd,
      estimated: (sum.estimated ?? false) || (more.estimated ?? false),
    });
  }

  #link({ state, attempt, reason }: Schemas['Link'], seq: number, at: number): void {
    const up = state === 'identified' || state === 'recovered';
    const now = this.links.at(-1);
    if (state !== 'identified') this.marks.push({ at, seq, kind: state, text: reason ?? '' });
    if (now && now.up === up && attempt === this.#attempt) return;
    this.#attempt = attempt;
    if (now) now.to = at;
    this.links.push({ from: at, to: undefined, up, attempt, reason: reason ?? undefined });
  }
}

/** What the views are drawn from. A new object for each change; the model in it grows. */
export interface Trace {
  model: TraceModel;
  /** Shown steps in the order of the tree. Grows in place; `shape` changes with it. */
  rows: readonly StepNode[];
  shape: number;
  steps: readonly TraceStep[];
  events: readonly StreamEvent[];
  count: number;
}

const known = new WeakMap<readonly StreamEvent[], { trace: Trace; model: TraceModel }>();

/** The trace of a run as far as it is known. */
export function readTrace({ events, count, transcript }: Pick<RunView, 'events' | 'count' | 'transcript'>): Trace {
  const before = known.get(events);
  if (before?.trace.count === count) return before.trace;
  const model = before?.model ?? new TraceModel();
  model.advance(events, count, transcript.steps);
  const rows = model.tree.rows();
  const trace = { model, rows, shape: model.tree.version, steps: transcript.steps, events, count };
  known.set(events, { trace, model });
  return trace;
}
