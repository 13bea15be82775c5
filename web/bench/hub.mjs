// As much of a hub as the run's page asks for: the built page, one run, and its events as pages and as a stream.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
const TICK_MS = 20;
const BACKEND = '00000000-0000-7000-8000-00000000000b';

/** `log` may grow while it is served: see `grow`. */
export function serve(dist, log) {
  const followers = new Set();
  const json = (response, value) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  };
  const run = () => {
    const last = log.events.at(-1);
    const done = last?.type === 'done' ? last.data : null;
    return {
      id: log.run,
      backend_id: BACKEND,
      workflow_name: 'A large run',
      status: done ? done.outcome : 'running',
      input: { text: 'Go on.' },
      last_seq: log.events.length,
      attempt: 1,
      created_at: log.events[0].timestamp,
      ended_at: done ? last.timestamp : null,
      done,
    };
  };
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://hub');
    const query = url.searchParams;
    if (url.pathname === '/api/v1/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(': jackfield\n\n');
      const [id, seq] = (query.get('run') ?? '').split('@');
      const follower = { response, cursor: id === log.run ? Number(seq) : Infinity };
      followers.add(follower);
      request.on('close', () => followers.delete(follower));
    } else if (url.pathname === `/api/v1/runs/${log.run}/events`) {
      const after = Number(query.get('after') ?? 0);
      json(response, { items: log.events.slice(after, after + Number(query.get('limit') ?? 500)) });
    } else if (url.pathname === `/api/v1/runs/${log.run}`) {
      json(response, run());
    } else if (url.pathname === '/api/v1/runs') {
      json(response, { items: [] });
    } else if (url.pathname.startsWith('/api/')) {
      json(response, { items: [] });
    } else {
      const path = extname(url.pathname) ? url.pathname : '/index.html';
      const bytes = await readFile(join(dist, normalize(path))).catch(() => undefined);
      response.writeHead(bytes ? 200 : 404, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' });
      response.end(path === '/index.html' ? String(bytes).replaceAll('="./', '="/') : bytes);
    }
  });
  const tell = () => {
    for (const follower of followers) {
      let frames = '';
      for (; follower.cursor < log.events.length; follower.cursor += 1) frames += `event: run_event\ndata: ${JSON.stringify(log.events[follower.cursor])}\n\n`;
      if (frames) follower.response.write(frames);
    }
  };
  /** Adds events at a rate, for a time. */
  const grow = (perSecond, ms) =>
    new Promise((resolve) => {
      const begin = performance.now();
      let added = 0;
      const timer = setInterval(() => {
        const passed = Math.min(performance.now() - begin, ms);
        for (; added < (passed / 1000) * perSecond; added += 1) log.events.push(log.generator.next());
        tell();
        if (passed < ms) return;
        clearInterval(timer);
        resolve(added);
      }, TICK_MS);
    });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const close = () => {
        server.closeAllConnections();
        server.close();
      };
      resolve({ address: `http://127.0.0.1:${server.address().port}`, grow, close });
    });
  });
}
