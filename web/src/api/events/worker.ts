import { Host } from './host';
import type { ToHost } from './messages';

const host = new Host<MessagePort>();

// The library of types knows pages, not workers.
const scope = self as unknown as { onconnect: (event: MessageEvent) => void };

scope.onconnect = ({ ports: [port] }) => {
  if (!port) return;
  port.onmessage = ({ data }: MessageEvent<ToHost>) => host.take(port, (message) => port.postMessage(message), data);
};
