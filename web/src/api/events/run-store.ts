import { Fold, type Transcript } from '@/lib/fold';
import { api, body } from '../client';
import { asProblem, type HubProblem } from '../problem';
import type { RunStatus, Schemas, StreamEvent } from '../types';
import { hub, type RunSink } from './client';

const PAGE = 1000;
/** A run that nobody looks at is kept this long, so that going back shows it at once. */
const KEEP_MS = 60_000;
const HIDDEN_FLUSH_MS = 500;

/** What is known of a run. A new object whenever something changed; parts that did not change stay the same. */
export interface RunView {
  /** `loading` until the first page of the log is there. */
  phase: 'loading' | 'ready' | 'failed';
  status: RunStatus;
  transcript: Transcript;
  /** The log so far. The same array grows; `count` tells that it did. */
  events: readonly StreamEvent[];
  count: number;
  problem: HubProblem | undefined;
}

/** The log of one run: read from the hub, then followed. It has no gap and no event twice, whatever the stream does. */
export class RunStore implements RunSink {
  readonly id: string;
  #events: StreamEvent[] = [];
  #fold = new Fold();
  #view: RunView;
  #readers = new Set<() => void>();
  #unfollow: (() => void) | undefined;
  #reading = false;
  /** The log reaches at least this far. */
  #known = 0;
  #dirty = false;
  #scheduled = false;
  #keep: ReturnType<typeof setTimeout> | undefined;
  readonly #forget: () => void;

  constructor(id: string, forget: () => void) {
    this.id = id;
    this.#forget = forget;
    this.#view = this.#draw('loading', undefined);
  }

  readonly get = (): RunView => this.#view;

  readonly subscribe = (reader: () => void): (() => void) => {
    clearTimeout(this.#keep);
    this.#readers.add(reader);
    if (this.#readers.size === 1 && !this.#unfollow) this.#begin();
    return () => {
      this.#readers.delete(reader);
      if (this.#readers.size === 0) this.#keep = setTimeout(() => this.#end(), KEEP_MS);
    };
  };

  cursor(): number {
    return this.#events.length;
  }

  events(events: StreamEvent[]): void {
    for (const event of events) this.#append(event);
    const last = events.at(-1)?.seq ?? 0;
    this.#known = Math.max(this.#known, last);
    this.#plan();
    if (this.#known > this.cursor()) void this.#read();
  }

  from(after: number): void {
    this.#known = Math.max(this.#known, after);
    if (this.#known > this.cursor()) void this.#read();
  }

  reread(): void {
    this.#events = [];
    this.#fold = new Fold();
    this.#known = 0;
    this.#stopFollowing();
    void this.#read();
  }

  /** Reads again after a failure. */
  readonly retry = (): void => {
    void this.#read();
  };

  #begin(): void {
    void this.#read();
  }

  #end(): void {
    this.#stopFollowing();
    this.#forget();
  }

  #stopFollowing(): void {
    this.#unfollow?.();
    this.#unfollow = undefined;
  }

  get #ended(): boolean {
    return this.#events.at(-1)?.type === 'done';
  }

  /** Reads the log from the cursor to its end, then follows what comes. */
  async #read(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    try {
      for (let more = true; more && !this.#ended; ) {
        const after = this.cursor();
        // By `accept` the hub gives a page instead of a stream.
        const answer: unknown = await body(
          api.GET('/api/v1/runs/{id}/events', {
            params: { path: { id: this.id }, query: { after, limit: PAGE } },
            headers: { accept: 'application/json' },
          }),
        );
        const { items } = answer as Schemas['Page_StreamEvent'];
        for (const event of items) this.#append(event);
        more = items.length > 0 && (items.length >= PAGE || this.#known > this.cursor());
        this.#plan();
      }
      if (this.#view.phase !== 'ready') this.#show('ready', undefined);
      if (!this.#ended) this.#unfollow ??= hub.follow(this.id, this);
    } catch (error) {
      this.#fail(asProblem(error));
    } finally {
      this.#reading = false;
    }
  }

  #fail(problem: HubProblem): void {
    // A hub that restarts is no failure of the run: the connection comes back, and with it the rest.
    if (problem.passes && this.#readers.size > 0) setTimeout(() => void this.#read(), 1500);
    if (this.cursor() === 0 || !problem.passes) this.#show('failed', problem);
  }

  #append(event: StreamEvent): void {
    if (event.seq !== this.cursor() + 1) return;
    this.#events.push(event);
    this.#fold.apply(event);
    this.#dirty = true;
    if (event.type === 'done') this.#stopFollowing();
  }

  /** Events come faster than the screen: one change for each frame. */
  #plan(): void {
    if (this.#scheduled || !this.#dirty) return;
    this.#scheduled = true;
    const flush = () => {
      if (!this.#scheduled) return;
      this.#scheduled = false;
      this.#show(this.#view.phase === 'failed' ? 'ready' : this.#view.phase, undefined);
    };
    requestAnimationFrame(flush);
    // A page in the background draws no frames, but what it shows should be there when one comes back to it.
    setTimeout(flush, HIDDEN_FLUSH_MS);
  }

  #show(phase: RunView['phase'], problem: HubProblem | undefined): void {
    this.#dirty = false;
    this.#view = this.#draw(phase, problem);
    for (const reader of [...this.#readers]) reader();
  }

  #draw(phase: RunView['phase'], problem: HubProblem | undefined): RunView {
    const transcript = this.#fold.view();
    return { phase, status: transcript.status, transcript, events: this.#events, count: this.#events.length, problem };
  }
}
