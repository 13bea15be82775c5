import type { HubNews, StreamEvent } from '../types';
import { Connection, type Ending, type Listener } from './connection';
import type { ConnectionState } from './messages';

/** Most runs that the hub takes on one connection. */
const MOST_RUNS = 32;
const WATCH_MS = 5_000;
const FIRST_RETRY_MS = 300;
const LAST_RETRY_MS = 5_000;

export interface StreamListener {
  state(state: ConnectionState): void;
  news(news: HubNews): void;
  resync(): void;
  events(run: string, events: StreamEvent[]): void;
  /** What was read of this run is not what the hub has: read it again from the beginning. */
  reread(run: string): void;
}

/**
 * Keeps the connection to the hub: comes back with cursors when it is lost, and follows the runs that are wanted.
 * A changed set of runs needs a new request; the old one goes on until the new one has been answered, so that no
 * news falls between them. More than 32 runs take a further connection.
 */
export class HubStream implements Listener {
  readonly #base: string;
  readonly #out: StreamListener;
  readonly #cursors = new Map<string, number>();
  readonly #watch: ReturnType<typeof setInterval>;
  /** What shall be, and which of it the hub has not yet answered. */
  #plan: Connection[] = [];
  #unanswered = new Set<Connection>();
  /** What was, until the plan stands. */
  #old: Connection[] = [];
  #arrived = new Map<string, StreamEvent[]>();
  #state: ConnectionState = 'connecting';
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #planned = false;
  #carriesUnwanted = false;
  #wasLost = false;

  constructor(base: string, out: StreamListener) {
    this.#base = base;
    this.#out = out;
    this.#watch = setInterval(() => this.#look(), WATCH_MS);
    this.#replan();
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Follows a run; gives the seq after which its events come. */
  follow(run: string, after: number): number {
    const known = this.#cursors.get(run);
    if (known !== undefined) return known;
    this.#cursors.set(run, after);
    this.#replan();
    return after;
  }

  unfollow(run: string): void {
    // Its events are dropped; with the next look the connection is replaced by one without it.
    this.#carriesUnwanted ||= this.#cursors.delete(run);
  }

  /** Tries at once rather than when the time has come. */
  wake(): void {
    this.#look();
    if (this.#timer !== undefined || this.#state === 'unauthenticated') this.#connect();
  }

  close(): void {
    clearInterval(this.#watch);
    clearTimeout(this.#timer);
    this.#drop();
  }

  #look(): void {
    for (const connection of [...this.#old, ...this.#plan]) connection.check();
    if (this.#carriesUnwanted && this.#state === 'live') this.#connect();
  }

  #drop(): void {
    for (const connection of [...this.#old, ...this.#plan]) connection.close();
    this.#old = [];
    this.#plan = [];
    this.#unanswered.clear();
  }

  /** All changes of one turn share one new request. */
  #replan(): void {
    if (this.#planned) return;
    this.#planned = true;
    setTimeout(() => {
      this.#planned = false;
      if (this.#timer === undefined && this.#state !== 'unauthenticated') this.#connect();
    });
  }

  #connect(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#carriesUnwanted = false;
    if (this.#state === 'unauthenticated') this.#set('connecting');
    for (const connection of this.#plan) {
      if (this.#unanswered.has(connection)) connection.close();
      else this.#old.push(connection);
    }
    const cursors = [...this.#cursors];
    const parts = Math.max(1, Math.ceil(cursors.length / MOST_RUNS));
    this.#plan = Array.from({ length: parts }, (_, n) => {
      return new Connection(this.#base, new Map(cursors.slice(n * MOST_RUNS, (n + 1) * MOST_RUNS)), this);
    });
    this.#unanswered = new Set(this.#plan);
  }

  opened(connection: Connection): void {
    if (!this.#unanswered.delete(connection) || this.#unanswered.size > 0) return;
    for (const old of this.#old) old.close();
    this.#old = [];
    this.#failures = 0;
    this.#set('live');
    if (this.#wasLost) this.#out.resync();
    this.#wasLost = false;
  }

  news(news: HubNews): void {
    this.#out.news(news);
  }

  event(event: StreamEvent): void {
    const cursor = this.#cursors.get(event.run_id);
    // Two connections may carry the same run for a moment.
    if (cursor === undefined || event.seq <= cursor) return;
    this.#cursors.set(event.run_id, event.seq);
    const batch = this.#arrived.get(event.run_id);
    if (batch) batch.push(event);
    else this.#arrived.set(event.run_id, [event]);
  }

  flushed(): void {
    if (this.#arrived.size === 0) return;
    for (const [run, events] of this.#arrived) {
      this.#out.events(run, events);
      if (events.at(-1)?.type === 'done') this.#cursors.delete(run);
    }
    this.#arrived = new Map();
  }

  ended(connection: Connection, ending: Ending): void {
    if (ending.why === 'closed') return;
    if (this.#old.includes(connection)) {
      // The one that replaces it is on its way, but news may be missed until then.
      this.#wasLost = true;
      return;
    }
    if (!this.#plan.includes(connection)) return;
    this.#drop();
    this.#wasLost = true;
    if (ending.why === 'unauthenticated') this.#set('unauthenticated');
    else if (ending.why === 'refused') void this.#findRefused(connection.runs).then(() => this.#retry(undefined));
    else this.#retry(ending.retryAfterMs);
  }

  #retry(afterMs: number | undefined): void {
    this.#failures += 1;
    this.#set(this.#failures > 2 ? 'offline' : 'reconnecting');
    const backoff = Math.min(FIRST_RETRY_MS * 2 ** (this.#failures - 1), LAST_RETRY_MS);
    clearTimeout(this.#timer);
    // Spread, so that many browsers do not come back at the same moment.
    this.#timer = setTimeout(() => this.#connect(), (afterMs ?? backoff) * (0.75 + Math.random() / 2));
  }

  /** The hub refuses a whole connection for one bad run: which one is it? */
  async #findRefused(runs: ReadonlySet<string>): Promise<void> {
    const check = async (run: string) => {
      const response = await fetch(`${this.#base}/api/v1/runs/${run}`, { credentials: 'same-origin', cache: 'no-store' });
      const last = response.ok ? ((await response.json()) as { last_seq: number }).last_seq : 0;
      // Unknown, or a hub with another log than the one that was read before.
      const bad = response.status === 404 || response.status === 400 || (response.ok && last < (this.#cursors.get(run) ?? 0));
      if (bad && this.#cursors.delete(run)) this.#out.reread(run);
    };
    await Promise.allSettled([...runs].map(check));
  }

  #set(state: ConnectionState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#out.state(state);
  }
}
