import type { InputRequired, Message, RunStatus, Schemas, StreamEvent, TraceStep, Usage } from '@/api/types';
import { ShownList } from './list';
import type { Resolved, Transcript } from './types';

type Of<Type extends StreamEvent['type']> = Extract<StreamEvent, { type: Type }>;

/** The largest figure a peer can name; sums stop there. */
const MOST = 2 ** 64;

/**
 * From a run's events to its messages and steps, as `crates/protocol/src/event/fold.rs` does it. One event costs
 * constant time; a view costs one copy of each list that changed since the last.
 */
export class Fold {
  #lastSeq = 0;
  #start: Schemas['Start'] | undefined;
  #startedAt: string | undefined;
  #done: Schemas['Done'] | undefined;
  #lastAt: string | undefined;
  #usage: Usage = { input_tokens: 0, output_tokens: 0 };
  #rawFrames = 0;
  #link: Schemas['Link'] | undefined;
  readonly #messages = new ShownList<Message>();
  readonly #messageIndex = new Map<string, number>();
  readonly #steps = new ShownList<TraceStep>();
  readonly #stepIndex = new Map<string, number>();
  /** When the hub heard of the beginning of each step that is going on. */
  readonly #heard = new Map<string, string>();
  readonly #pending = new ShownList<InputRequired>();
  readonly #resolved = new ShownList<Resolved>();
  readonly #artifacts = new ShownList<Schemas['Artifact']>();
  readonly #citations = new ShownList<Schemas['Citation']>();
  readonly #errors = new ShownList<Schemas['ErrorData']>();

  static of(events: Iterable<StreamEvent>): Fold {
    const fold = new Fold();
    for (const event of events) fold.apply(event);
    return fold;
  }

  /** Folds one event; one that was folded before changes nothing. */
  apply(event: StreamEvent): void {
    if (event.seq <= this.#lastSeq) return;
    this.#lastSeq = event.seq;
    this.#lastAt = event.timestamp;
    switch (event.type) {
      case 'start':
        this.#start = event.data;
        this.#startedAt = event.timestamp;
        break;
      case 'delta':
        this.#delta(event);
        break;
      case 'step_start':
        this.#stepStart(event);
        break;
      case 'tool_start':
        this.#toolStart(event);
        break;
      case 'step_end':
        this.#stepEnd(event);
        break;
      case 'tool_end':
        this.#toolEnd(event);
        break;
      case 'error':
        this.#errors.push(event.data);
        break;
      case 'usage':
        this.#usage = sum(this.#usage, event.data);
        break;
      case 'citation':
        this.#citations.push(event.data);
        break;
      case 'artifact':
        this.#artifacts.push(event.data);
        break;
      case 'input_required':
        this.#pending.push(event.data);
        break;
      case 'input_resolved':
        this.#inputResolved(event.data);
        break;
      case 'raw':
        this.#rawFrames += 1;
        break;
      case 'link':
        this.#link = event.data;
        break;
      case 'done':
        this.#done = event.data;
        break;
    }
  }

  view(): Transcript {
    return {
      lastSeq: this.#lastSeq,
      status: this.#status(),
      start: this.#start,
      startedAt: this.#startedAt,
      done: this.#done,
      lastAt: this.#lastAt,
      messages: this.#messages.shown(),
      steps: this.#steps.shown(),
      pending: this.#pending.shown(),
      resolved: this.#resolved.shown(),
      artifacts: this.#artifacts.shown(),
      citations: this.#citations.shown(),
      errors: this.#errors.shown(),
      usage: this.#usage,
      rawFrames: this.#rawFrames,
      link: this.#link,
    };
  }

  #status(): RunStatus {
    if (this.#done) return this.#done.outcome;
    if (this.#pending.length > 0) return 'waiting';
    const state = this.#link?.state;
    if (state === 'lost' || state === 'reconnecting' || state === 'recovering') return 'recovering';
    return this.#start ? 'running' : 'queued';
  }

  #delta(event: Of<'delta'>): void {
    const { part, text, supersedes } = event.data;
    if (part === 'tool_arguments') {
      this.#changeOpen(event.tool_id, (step) => ({ ...step, input_text: (step.input_text ?? '') + text }));
      return;
    }
    const id = event.message_id;
    if (id == null) return;
    const replaced = supersedes == null ? undefined : this.#messageIndex.get(supersedes);
    if (replaced !== undefined) this.#changeMessage(replaced, (message) => ({ ...message, superseded: true }));
    let at = this.#messageIndex.get(id);
    if (at === undefined) {
      at = this.#messages.push({ id, source: event.source, step_id: event.step_id, text: '' });
      this.#messageIndex.set(id, at);
    }
    this.#changeMessage(at, (message) => ({ ...message, [part]: (message[part] ?? '') + text }));
  }

  #changeMessage(at: number, change: (message: Message) => Message): void {
    const message = this.#messages.at(at);
    if (message) this.#messages.set(at, change(message));
  }

  #push(heard: string, step: TraceStep): void {
    this.#heard.set(step.id, heard);
    this.#stepIndex.set(step.id, this.#steps.push(step));
  }

  #stepStart(event: Of<'step_start'>): void {
    const { data } = event;
    if (event.step_id == null) return;
    this.#push(event.timestamp, {
      id: event.step_id,
      parent_id: event.parent_step_id,
      name: data.name,
      kind: data.kind,
      is_tool_call: false,
      node_type: data.node_type,
      source: event.source,
      started_at: data.started_at ?? event.timestamp,
      peer_times: data.started_at != null,
      order: data.order,
      item: data.item,
      iteration: data.iteration,
      input: data.input,
      inferred: data.inferred,
      seq: event.seq,
    });
  }

  #toolStart(event: Of<'tool_start'>): void {
    const { data } = event;
    if (event.tool_id == null) return;
    this.#push(event.timestamp, {
      id: event.tool_id,
      parent_id: event.parent_step_id,
      name: data.name,
      kind: 'tool',
      is_tool_call: true,
      source: event.source,
      started_at: data.started_at ?? event.timestamp,
      peer_times: data.started_at != null,
      order: data.order,
      input: data.arguments,
      seq: event.seq,
    });
  }

  #stepEnd(event: Of<'step_end'>): void {
    const { data } = event;
    this.#close(event, event.step_id, (step) => ({
      ...step,
      provisional: data.provisional ?? false,
      input: data.input ?? step.input,
      output: data.output,
      error: data.error,
      usage: data.usage,
    }));
  }

  #toolEnd(event: Of<'tool_end'>): void {
    const { data } = event;
    this.#close(event, event.tool_id, (step) => {
      const input: unknown = data.arguments ?? step.input ?? parsed(step.input_text);
      return {
        ...step,
        provisional: data.provisional ?? false,
        input,
        // Once the input says them, the text is not needed; what is no JSON stays as it was.
        input_text: input == null ? step.input_text : '',
        output: data.result,
        error: data.error,
      };
    });
  }

  #inputResolved(resolution: Schemas['InputResolved']): void {
    const question = this.#pending.removeWhere((open) => open.request_id === resolution.request_id);
    if (question) this.#resolved.push({ question, resolution });
  }

  #changeOpen(id: string | null | undefined, change: (step: TraceStep) => TraceStep): void {
    const at = id == null ? undefined : this.#stepIndex.get(id);
    const step = at === undefined ? undefined : this.#steps.at(at);
    if (at !== undefined && step && (step.status == null || step.provisional)) this.#steps.set(at, change(step));
  }

  #close(event: Of<'step_end' | 'tool_end'>, id: string | null | undefined, fill: (step: TraceStep) => TraceStep): void {
    if (id == null) return;
    const heard = this.#heard.get(id);
    this.#heard.delete(id);
    const times = event.data;
    this.#changeOpen(id, (step) => {
      // The peer's figure, else the hub's clock at both ends: never the difference of two clocks.
      const measured = heard === undefined ? undefined : between(heard, event.timestamp);
      return fill({
        ...step,
        status: event.data.status,
        parent_id: event.parent_step_id ?? step.parent_id,
        started_at: times.started_at ?? step.started_at,
        peer_times: step.peer_times || times.started_at != null,
        order: times.order ?? step.order,
        duration_ms: times.duration_ms ?? step.duration_ms ?? measured,
      });
    });
  }
}

function sum(before: Usage, more: Usage): Usage {
  const cost = more.cost_usd == null ? before.cost_usd : (before.cost_usd ?? 0) + more.cost_usd;
  return {
    // Figures are a peer's: they must not grow without bound.
    input_tokens: Math.min(before.input_tokens + more.input_tokens, MOST),
    output_tokens: Math.min(before.output_tokens + more.output_tokens, MOST),
    cost_usd: cost,
    estimated: before.estimated || more.estimated,
  };
}

function between(from: string, to: string): number | undefined {
  const ms = Date.parse(to) - Date.parse(from);
  return ms >= 0 ? ms : undefined;
}

function parsed(text: string | undefined): unknown {
  try {
    return text ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}
