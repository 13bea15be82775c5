import type { StreamEvent } from '@/api/types';

/**
 * Where the parts of a run stand in its log, and when its words came: what the fold leaves out because a trace does
 * not need it. Reads each event once, however often it is asked.
 */
export interface Placement {
  /** Seq of the first word of each message, and of the last. */
  readonly firstWord: ReadonlyMap<string, number>;
  readonly lastWord: ReadonlyMap<string, number>;
  /** Seq of each question. */
  readonly asked: ReadonlyMap<string, number>;
  /** When the hub wrote the first word of an answer. */
  readonly firstWordAt: string | undefined;
  /** Stretches of the run's time, one after the other. */
  readonly stretches: readonly Stretch[];
}

export interface Stretch {
  kind: 'waiting' | 'thinking' | 'writing' | 'tool' | 'paused';
  from: number;
  to: number;
}

/** Words that follow each other within this time are one stretch. */
const PAUSE_MS = 600;

class Reading implements Placement {
  readonly firstWord = new Map<string, number>();
  readonly lastWord = new Map<string, number>();
  readonly asked = new Map<string, number>();
  readonly stretches: Stretch[] = [];
  firstWordAt: string | undefined;
  #read = 0;
  readonly #tools = new Set<string>();

  take(events: readonly StreamEvent[]): void {
    for (; this.#read < events.length; this.#read += 1) {
      const event = events[this.#read];
      if (event) this.#one(event);
    }
  }

  #one(event: StreamEvent): void {
    const at = Date.parse(event.timestamp);
    switch (event.type) {
      case 'start':
        this.stretches.push({ kind: 'waiting', from: at, to: at });
        break;
      case 'delta':
        this.#delta(event, at);
        break;
      case 'tool_start':
        this.#tools.add(event.tool_id ?? '');
        this.#change('tool', at);
        break;
      case 'tool_end':
        this.#tools.delete(event.tool_id ?? '');
        if (this.stretches.at(-1)?.kind === 'tool' && this.#tools.size === 0) this.#change('waiting', at);
        break;
      case 'input_required':
        this.asked.set(event.data.request_id, event.seq);
        this.#change('paused', at);
        break;
      case 'input_resolved':
        this.#change('waiting', at);
        break;
      case 'done':
        this.#reach(at);
        break;
    }
  }

  #delta(event: Extract<StreamEvent, { type: 'delta' }>, at: number): void {
    const { part } = event.data;
    const id = event.message_id;
    if (part === 'tool_arguments' || id == null) return;
    if (!this.firstWord.has(id)) this.firstWord.set(id, event.seq);
    if (part === 'log') return;
    this.lastWord.set(id, event.seq);
    if (part === 'text') this.firstWordAt ??= event.timestamp;
    const kind = part === 'text' ? 'writing' : 'thinking';
    const last = this.stretches.at(-1);
    if (last?.kind === kind && at - last.to > PAUSE_MS) this.#push({ kind: 'waiting', from: last.to, to: at });
    this.#change(kind, at);
  }

  /** What goes on lasts until now, and something else begins. */
  #change(kind: Stretch['kind'], at: number): void {
    this.#reach(at);
    if (this.stretches.at(-1)?.kind !== kind) this.#push({ kind, from: at, to: at });
  }

  #push(stretch: Stretch): void {
    this.stretches.push(stretch);
  }

  #reach(at: number): void {
    const last = this.stretches.at(-1);
    if (last && at > last.to) this.stretches[this.stretches.length - 1] = { ...last, to: at };
  }
}

const readings = new WeakMap<readonly StreamEvent[], Reading>();

export function placementOf(events: readonly StreamEvent[]): Placement {
  const reading = readings.get(events) ?? new Reading();
  readings.set(events, reading);
  reading.take(events);
  return reading;
}
