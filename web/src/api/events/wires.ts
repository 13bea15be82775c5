import { basePath } from '@/lib/base';
import { Host } from './host';
import type { ToHost, ToTab, Wire } from './messages';

type Receive = (message: ToTab) => void;
/** The holder of the connection is there, or is another one: say hello and subscribe again. */
type Greet = () => void;

/**
 * Connects this tab to the browser's one connection: in a SharedWorker, else in the tab that leads (both need one
 * browser profile and one origin), else in this tab alone.
 */
export function connectTab(receive: Receive, greet: Greet): Wire {
  const fallback = () => {
    // Locks are there only on secure origins (https, or this machine).
    const elected = 'locks' in navigator && typeof BroadcastChannel !== 'undefined';
    return elected ? throughLeader(receive, greet) : alone(receive, greet);
  };
  return typeof SharedWorker === 'undefined' ? fallback() : throughWorker(receive, greet, fallback);
}

function throughWorker(receive: Receive, greet: Greet, fallback: () => Wire): Wire {
  const worker = new SharedWorker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'jackfield' });
  let instead: Wire | undefined;
  worker.port.onmessage = ({ data }: MessageEvent<ToTab>) => receive(data);
  // The browser knows SharedWorker but not modules in it.
  worker.onerror = () => {
    worker.port.close();
    instead ??= fallback();
  };
  queueMicrotask(greet);
  return {
    send: (message) => (instead ? instead.send(message) : worker.port.postMessage(message)),
    close: () => (instead ? instead.close() : worker.port.close()),
  };
}

type OnChannel = { to: 'host'; from: string; message: ToHost } | { to: string; message: ToTab } | { to: 'all' };

function throughLeader(receive: Receive, greet: Greet): Wire {
  const me = crypto.randomUUID();
  const name = `jackfield-events${basePath}`;
  const channel = new BroadcastChannel(name);
  const giveUp = new AbortController();
  let host: Host<string> | undefined;
  let release: (() => void) | undefined;
  let closed = false;
  // A last word may come after the end.
  const post = (message: OnChannel) => !closed && channel.postMessage(message);
  const deliver = (to: string) => (message: ToTab) => (to === me ? receive(message) : post({ to, message }));

  channel.onmessage = ({ data }: MessageEvent<OnChannel>) => {
    if ('from' in data) host?.take(data.from, deliver(data.from), data.message);
    else if (!('message' in data)) greet();
    else if (data.to === me) receive(data.message);
  };
  const lead = () => {
    host = new Host();
    post({ to: 'all' });
    greet();
    return new Promise<void>((resolve) => (release = resolve));
  };
  navigator.locks.request(name, { signal: giveUp.signal }, lead).catch(() => undefined);
  queueMicrotask(greet);
  return {
    send(message) {
      if (host) host.take(me, deliver(me), message);
      else post({ to: 'host', from: me, message });
    },
    close() {
      closed = true;
      channel.close();
      release?.();
      giveUp.abort();
    },
  };
}

function alone(receive: Receive, greet: Greet): Wire {
  const host = new Host<'me'>();
  queueMicrotask(greet);
  return { send: (message) => host.take('me', receive, message), close: () => host.take('me', receive, { type: 'bye' }) };
}
