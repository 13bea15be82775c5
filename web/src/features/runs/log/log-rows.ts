import type { EventType, StreamEvent } from '@/api/types';

/** One line of the log: an event, or a run of text that came piece by piece. Both are places in the array of events. */
export interface LogRow {
  first: number;
  last: number;
}

export interface LogFilter {
  /** Empty: all. */
  types: ReadonlySet<EventType>;
  /** Only what belongs to this step. */
  step: string | undefined;
  /** In small letters. */
  text: string;
  /** Text that came piece by piece is one line. */
  joined: boolean;
}

const belongs = (event: StreamEvent, step: string): boolean =>
  event.step_id === step || event.tool_id === step || event.parent_step_id === step;

const continues = (event: StreamEvent, before: StreamEvent): boolean =>
  event.type === 'delta' &&
  before.type === 'delta' &&
  event.message_id === before.message_id &&
  event.tool_id === before.tool_id &&
  event.data.part === before.data.part;

/** The text of a line, as far as anybody reads it. */
export function textOf(events: readonly StreamEvent[], { first, last }: LogRow, most = Infinity): string {
  let text = '';
  for (let at = first; at <= last && text.length < most; at += 1) {
    const event = events[at];
    if (event?.type === 'delta') text += event.data.text;
  }
  return text;
}

/**
 * The lines that pass a filter, found piece by piece: each event is looked at once, and never so many in one go that
 * the page would stand still.
 */
export class LogRows {
  readonly #events: readonly StreamEvent[];
  readonly #filter: LogFilter;
  #rows: LogRow[] = [];
  #read = 0;
  /** The line that may still grow; it is among the rows once it passes. */
  #open: LogRow | undefined;
  #openPassed = false;
  /** The end of its text: what is searched may lie across two pieces. */
  #tail = '';

  constructor(events: readonly StreamEvent[], filter: LogFilter) {
    this.#events = events;
    this.#filter = filter;
  }

  /** Grows in place. */
  get rows(): readonly LogRow[] {
    return this.#rows;
  }

  get read(): number {
    return this.#read;
  }

  /** Looks at events up to `count` for at most `budget` milliseconds; whether it got there. */
  advance(count: number, budget: number): boolean {
    const until = performance.now() + budget;
    while (this.#read < count) {
      this.#take(this.#read);
      this.#read += 1;
      // Asking for the time costs more than an event.
      if (this.#read % 64 === 0 && performance.now() > until) break;
    }
    return this.#read >= count;
  }

  #take(at: number): void {
    const event = this.#events[at];
    const before = this.#open && this.#events[this.#open.last];
    if (!event) return;
    if (this.#open && before && this.#filter.joined && continues(event, before)) {
      this.#open.last = at;
      if (!this.#openPassed) this.#offer(this.#open, event);
      return;
    }
    this.#open = { first: at, last: at };
    this.#openPassed = false;
    this.#tail = '';
    this.#offer(this.#open, event);
  }

  #offer(row: LogRow, newest: StreamEvent): void {
    if (!this.#passes(newest)) return;
    this.#openPassed = true;
    this.#rows.push(row);
  }

  #passes(event: StreamEvent): boolean {
    const { types, step, text } = this.#filter;
    if (types.size > 0 && !types.has(event.type)) return false;
    if (step !== undefined && !belongs(event, step)) return false;
    if (text === '') return true;
    if (event.type === 'delta' && this.#filter.joined) {
      const piece = this.#tail + event.data.text.toLowerCase();
      this.#tail = piece.slice(-text.length);
      if (piece.includes(text)) return true;
    }
    return JSON.stringify(event).toLowerCase().includes(text);
  }
}

/** The line that an event is in. Lines are in the order of events. */
export function rowOf(rows: readonly LogRow[], at: number): number {
  let [low, high] = [0, rows.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const row = rows[middle];
    if (!row) return -1;
    if (at < row.first) high = middle - 1;
    else if (at > row.last) low = middle + 1;
    else return middle;
  }
  return -1;
}
