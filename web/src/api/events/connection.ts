import type { HubNews, StreamEvent } from '../types';
import { FrameReader, type Frame } from './frames';

/** The hub says something at least every 15 seconds; after this long without a word the connection is dead. */
const SILENCE_MS = 40_000;

export type Ending =
  | { why: 'lost'; retryAfterMs: number | undefined }
  | { why: 'unauthenticated' }
  /** One of the runs is unknown, or its log is shorter than the cursor. */
  | { why: 'refused' }
  | { why: 'closed' };

export interface Listener {
  opened(connection: Connection): void;
  news(news: HubNews): void;
  event(event: StreamEvent): void;
  /** What arrived together has been handed over. */
  flushed(): void;
  ended(connection: Connection, ending: Ending): void;
}

/** One request to `/api/v1/events`, from its beginning to its end. It never comes back by itself. */
export class Connection {
  readonly runs: ReadonlySet<string>;
  readonly #abort = new AbortController();
  readonly #listener: Listener;
  #heardAt = Date.now();
  #closed = false;

  constructor(base: string, cursors: ReadonlyMap<string, number>, listener: Listener) {
    this.runs = new Set(cursors.keys());
    this.#listener = listener;
    const query = [...cursors].map(([run, seq]) => `run=${run}@${seq}`).join('&');
    void this.#follow(`${base}/api/v1/events${query && `?${query}`}`);
  }

  close(): void {
    this.#closed = true;
    this.#abort.abort();
  }

  /** Ends the connection if it has been silent for too long, for example because the machine slept. */
  check(): void {
    if (Date.now() - this.#heardAt > SILENCE_MS) this.#abort.abort();
  }

  async #follow(url: string): Promise<void> {
    const ending = await this.#read(url).catch((): Ending => ({ why: 'lost', retryAfterMs: undefined }));
    this.#listener.ended(this, this.#closed ? { why: 'closed' } : ending);
  }

  async #read(url: string): Promise<Ending> {
    const response = await fetch(url, {
      headers: { accept: 'text/event-stream' },
      credentials: 'same-origin',
      cache: 'no-store',
      signal: this.#abort.signal,
    });
    if (response.status === 401) return { why: 'unauthenticated' };
    if (response.status === 404 || response.status === 416 || response.status === 400) return { why: 'refused' };
    if (!response.ok || !response.body) {
      return { why: 'lost', retryAfterMs: Number(response.headers.get('retry-after')) * 1000 || undefined };
    }
    const frames = new FrameReader();
    const text = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let first = true; ; first = false) {
      const { done, value } = await text.read();
      if (done || this.#closed) return { why: 'lost', retryAfterMs: undefined };
      this.#heardAt = Date.now();
      if (first) this.#listener.opened(this);
      for (const frame of frames.push(value)) this.#take(frame);
      this.#listener.flushed();
    }
  }

  #take(frame: Frame): void {
    if (frame.event === 'run_event') this.#listener.event(JSON.parse(frame.data) as StreamEvent);
    // A fault of the hub in mid-stream: come back with the cursors.
    else if (frame.event === 'problem') this.#abort.abort();
    else this.#listener.news(JSON.parse(frame.data) as HubNews);
  }
}
