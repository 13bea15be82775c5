import { basePath } from '@/lib/base';
import { createStore, type Store } from '@/lib/store';
import type { HubNews, StreamEvent } from '../types';
import type { ConnectionState, ToTab, Wire } from './messages';
import { connectTab } from './wires';

/** What a follower of a run is told. */
export interface RunSink {
  /** How far it has read; asked for when the connection changes hands. */
  cursor(): number;
  /** Events, in order; they may begin before or after the cursor. */
  events(events: StreamEvent[]): void;
  /** The stream brings what comes after this; what lies between must be read from the log. */
  from(after: number): void;
  reread(): void;
}

interface NewsListener {
  news(news: HubNews): void;
  resync(): void;
}

/** This tab's side of the browser's one connection. */
export class HubClient {
  readonly state: Store<ConnectionState> = createStore<ConnectionState>('connecting');
  readonly #sinks = new Map<string, RunSink>();
  readonly #listeners = new Set<NewsListener>();
  #wire: Wire | undefined;

  start(): void {
    this.#open();
    addEventListener('online', () => this.#wire?.send({ type: 'wake' }));
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.#wire?.send({ type: 'wake' });
    });
    addEventListener('pagehide', () => {
      this.#wire?.send({ type: 'bye' });
      this.#wire?.close();
      this.#wire = undefined;
    });
    // Back from the browser's cache of pages.
    addEventListener('pageshow', (event) => {
      if (event.persisted && !this.#wire) this.#open();
    });
  }

  follow(run: string, sink: RunSink): () => void {
    this.#sinks.set(run, sink);
    this.#wire?.send({ type: 'subscribe', run, after: sink.cursor() });
    return () => {
      if (this.#sinks.get(run) !== sink) return;
      this.#sinks.delete(run);
      this.#wire?.send({ type: 'unsubscribe', run });
    };
  }

  listen(listener: NewsListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Try to connect now. */
  wake(): void {
    this.#wire?.send({ type: 'wake' });
  }

  #open(): void {
    // Held before the holder asks for it, or the holder would take this tab for dead.
    const lock = holdLock();
    this.#wire = connectTab(
      (message) => this.#receive(message),
      () => void lock.then((name) => this.#greet(name)),
    );
  }

  #greet(lock: string | undefined): void {
    this.#wire?.send({ type: 'hello', base: basePath, lock });
    for (const [run, sink] of this.#sinks) this.#wire?.send({ type: 'subscribe', run, after: sink.cursor() });
  }

  #receive(message: ToTab): void {
    switch (message.type) {
      case 'state':
        this.state.set(message.state);
        break;
      case 'news':
        for (const listener of this.#listeners) listener.news(message.news);
        break;
      case 'resync':
        for (const listener of this.#listeners) listener.resync();
        break;
      case 'events':
        this.#sinks.get(message.run)?.events(message.events);
        break;
      case 'from':
        this.#sinks.get(message.run)?.from(message.after);
        break;
      case 'reread':
        this.#sinks.get(message.run)?.reread();
        break;
    }
  }
}

/** A lock that this tab holds as long as it lives, so that the holder of the connection notices its end. */
function holdLock(): Promise<string | undefined> {
  if (!('locks' in navigator)) return Promise.resolve(undefined);
  const name = `jackfield-tab-${crypto.randomUUID()}`;
  return new Promise((held) => {
    const hold = () => {
      held(name);
      return new Promise<never>(() => undefined);
    };
    navigator.locks.request(name, hold).catch(() => held(undefined));
  });
}

export const hub = new HubClient();
