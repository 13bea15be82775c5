import type { StreamEvent } from '../types';

/** A hub for tests: keeps logs, and serves what the page asks of it through `fetch`. */
export class FakeHub {
  readonly logs = new Map<string, StreamEvent[]>();
  readonly asked: string[] = [];
  /** What the next requests for events are answered with, instead of a stream. */
  refuse: number | 'unreachable' | undefined;
  #open = new Set<OpenStream>();

  get streams(): number {
    return this.#open.size;
  }

  log(run: string): StreamEvent[] {
    const known = this.logs.get(run);
    if (known) return known;
    const made: StreamEvent[] = [];
    this.logs.set(run, made);
    return made;
  }

  /** Appends to a log, and tells those who follow. */
  append(run: string, ...types: StreamEvent['type'][]): void {
    for (const type of types) {
      const log = this.log(run);
      const event = { run_id: run, seq: log.length + 1, timestamp: '2026-01-01T00:00:00Z', type, data: {} } as StreamEvent;
      log.push(event);
      for (const stream of this.#open) if (stream.runs.has(run)) stream.send('run_event', event);
    }
  }

  news(news: object): void {
    for (const stream of this.#open) stream.send('news', news);
  }

  beat(): void {
    for (const stream of this.#open) stream.write(': keep-alive\n\n');
  }

  /** All connections break. */
  cut(): void {
    for (const stream of this.#open) stream.fail();
    this.#open.clear();
  }

  readonly fetch = (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const url = new URL(input instanceof Request ? input.url : input, 'http://hub.test');
    this.asked.push(url.pathname + url.search);
    if (this.refuse === 'unreachable') return Promise.reject(new TypeError('refused'));
    const [, run, events] = /\/runs\/([^/]+)(\/events)?$/.exec(url.pathname) ?? [];
    if (run !== undefined) return Promise.resolve(this.#answer(run, events !== undefined, Number(url.searchParams.get('after'))));
    if (this.refuse !== undefined) return Promise.resolve(new Response('{}', { status: this.refuse }));
    return Promise.resolve(this.#follow(url.searchParams.getAll('run'), init?.signal));
  };

  #answer(run: string, events: boolean, after: number): Response {
    const log = this.logs.get(run);
    if (!log) return Response.json({ code: 'not_found', detail: 'gone', status: 404 }, { status: 404 });
    return events ? Response.json({ items: log.slice(after, after + 1000) }) : Response.json({ last_seq: log.length });
  }

  #follow(asked: string[], signal: AbortSignal | null | undefined): Response {
    const cursors = asked.map((one) => one.split('@') as [string, string]);
    if (cursors.some(([run, after]) => (this.logs.get(run)?.length ?? -1) < Number(after))) return new Response('{}', { status: 404 });
    const stream = new OpenStream(new Set(cursors.map(([run]) => run)));
    this.#open.add(stream);
    signal?.addEventListener('abort', () => {
      this.#open.delete(stream);
      stream.fail();
    });
    stream.write(': jackfield\nretry: 1000\n\n');
    for (const [run, after] of cursors) for (const event of this.log(run).slice(Number(after))) stream.send('run_event', event);
    return new Response(stream.body);
  }
}

class OpenStream {
  readonly runs: ReadonlySet<string>;
  readonly body: ReadableStream<Uint8Array>;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #failed = false;

  constructor(runs: ReadonlySet<string>) {
    this.runs = runs;
    this.body = new ReadableStream({ start: (controller) => void (this.#controller = controller) });
  }

  write(text: string): void {
    if (!this.#failed) this.#controller?.enqueue(new TextEncoder().encode(text));
  }

  send(event: string, data: object): void {
    this.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  fail(): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#controller?.error(new Error('cut'));
  }
}
