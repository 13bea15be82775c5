import type { HubNews, StreamEvent } from '../types';

/** How the browser's one connection to the hub is doing. */
export type ConnectionState = 'connecting' | 'live' | 'reconnecting' | 'offline' | 'unauthenticated';

/** From a tab to whoever holds the connection. */
export type ToHost =
  | { type: 'hello'; base: string; lock: string | undefined }
  | { type: 'subscribe'; run: string; after: number }
  | { type: 'unsubscribe'; run: string }
  /** The tab came to the front, or the network came back: try now rather than later. */
  | { type: 'wake' }
  | { type: 'bye' };

/** From whoever holds the connection to a tab. */
export type ToTab =
  | { type: 'state'; state: ConnectionState }
  | { type: 'news'; news: HubNews }
  /** The connection was down: news may have been missed, so read the lists again. */
  | { type: 'resync' }
  | { type: 'events'; run: string; events: StreamEvent[] }
  /** From here on events of this run come; what lies before must be read from the log. */
  | { type: 'from'; run: string; after: number }
  /** What was read of this run is not what the hub has: read it again from the beginning. */
  | { type: 'reread'; run: string };

/** A way for messages between a tab and the connection, wherever that lives. */
export interface Wire {
  send(message: ToHost): void;
  close(): void;
}
