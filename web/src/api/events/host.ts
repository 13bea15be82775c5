import type { ToHost, ToTab } from './messages';
import { HubStream } from './stream';

/** A tab, as the holder of the connection sees it. */
interface Tab {
  send(message: ToTab): void;
  runs: Set<string>;
}

/**
 * Shares one `HubStream` among tabs. Runs in a SharedWorker, in the tab that leads, or in the only tab; the three
 * differ only in how messages travel.
 */
export class Host<Key> {
  readonly #tabs = new Map<Key, Tab>();
  #stream: HubStream | undefined;

  take(key: Key, send: (message: ToTab) => void, message: ToHost): void {
    if (message.type === 'hello') {
      this.#tabs.set(key, { send, runs: new Set() });
      this.#stream ??= this.#open(message.base);
      send({ type: 'state', state: this.#stream.state });
      // A tab that was just opened or reloaded may bring a new sign-in.
      this.#stream.wake();
      if (message.lock !== undefined) this.#awaitEnd(key, message.lock);
      return;
    }
    const tab = this.#tabs.get(key);
    if (!tab || !this.#stream) return;
    if (message.type === 'subscribe') {
      tab.runs.add(message.run);
      send({ type: 'from', run: message.run, after: this.#stream.follow(message.run, message.after) });
    } else if (message.type === 'unsubscribe') {
      tab.runs.delete(message.run);
      this.#forget([message.run]);
    } else if (message.type === 'wake') {
      this.#stream.wake();
    } else {
      this.#leave(key);
    }
  }

  #leave(key: Key): void {
    const tab = this.#tabs.get(key);
    if (!tab) return;
    this.#tabs.delete(key);
    this.#forget([...tab.runs]);
    if (this.#tabs.size > 0) return;
    this.#stream?.close();
    this.#stream = undefined;
  }

  #forget(runs: string[]): void {
    const wanted = (run: string) => [...this.#tabs.values()].some((tab) => tab.runs.has(run));
    for (const run of runs) if (!wanted(run)) this.#stream?.unfollow(run);
  }

  /** A tab that crashes says nothing, but its lock comes free. */
  #awaitEnd(key: Key, lock: string): void {
    if (!('locks' in navigator)) return;
    void navigator.locks.request(lock, () => this.#leave(key));
  }

  #open(base: string): HubStream {
    const all = (message: ToTab) => {
      for (const tab of this.#tabs.values()) tab.send(message);
    };
    const readers = (run: string, message: ToTab) => {
      for (const tab of this.#tabs.values()) if (tab.runs.has(run)) tab.send(message);
    };
    return new HubStream(base, {
      state: (state) => all({ type: 'state', state }),
      news: (news) => all({ type: 'news', news }),
      resync: () => all({ type: 'resync' }),
      events: (run, events) => readers(run, { type: 'events', run, events }),
      reread: (run) => {
        readers(run, { type: 'reread', run });
        for (const tab of this.#tabs.values()) tab.runs.delete(run);
      },
    });
  }
}
