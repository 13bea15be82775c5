import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StreamEvent } from '../types';
import { FakeHub } from './fake-hub';
import type { ConnectionState } from './messages';
import { HubStream } from './stream';

const settle = (ms = 50) => vi.advanceTimersByTimeAsync(ms);

function listen() {
  const states: ConnectionState[] = [];
  const events: StreamEvent[] = [];
  const reread: string[] = [];
  const seen = { states, events, reread, news: 0, resyncs: 0 };
  const stream = new HubStream('', {
    state: (state) => void states.push(state),
    news: () => void (seen.news += 1),
    resync: () => void (seen.resyncs += 1),
    events: (_, batch) => void events.push(...batch),
    reread: (run) => void reread.push(run),
  });
  return { stream, seen };
}

const seqs = (events: StreamEvent[], run: string) => events.filter((event) => event.run_id === run).map((event) => event.seq);

describe('the connection to the hub', () => {
  let hub: FakeHub;
  let open: HubStream[] = [];
  const start = () => {
    const made = listen();
    open.push(made.stream);
    return made;
  };

  beforeEach(() => {
    vi.useFakeTimers();
    hub = new FakeHub();
    vi.stubGlobal('fetch', hub.fetch);
  });

  afterEach(() => {
    open.forEach((stream) => stream.close());
    open = [];
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it('brings each event once, in order, whatever breaks', async () => {
    hub.log('a');
    const { stream, seen } = start();
    await settle();
    stream.follow('a', 0);
    await settle();
    hub.append('a', 'start', 'delta');
    await settle();
    hub.cut();
    hub.append('a', 'delta');
    await settle(1000);
    hub.append('a', 'delta', 'done');
    await settle();
    expect(seqs(seen.events, 'a')).toEqual([1, 2, 3, 4, 5]);
    expect(seen.states).toEqual(['live', 'reconnecting', 'live']);
    expect(seen.resyncs).toBe(1);
  });

  it('misses no news while another run is added', async () => {
    hub.log('a');
    const { stream, seen } = start();
    await settle();
    stream.follow('a', 0);
    hub.news({ type: 'missed' });
    await settle();
    hub.news({ type: 'missed' });
    await settle();
    expect(seen.news).toBe(2);
    expect(hub.streams).toBe(1);
    expect(seen.resyncs).toBe(0);
  });

  it('shares one request among changes of one turn, and asks no more for runs that ended', async () => {
    for (const run of ['a', 'b']) hub.log(run);
    const { stream } = start();
    await settle();
    hub.asked.length = 0;
    stream.follow('a', 0);
    stream.follow('b', 0);
    await settle();
    expect(hub.asked).toEqual(['/api/v1/events?run=a@0&run=b@0']);
    hub.append('a', 'start', 'done');
    await settle();
    hub.cut();
    await settle(1000);
    expect(hub.asked.at(-1)).toBe('/api/v1/events?run=b@0');
  });

  it('notices a connection that is dead without having been closed', async () => {
    const { seen } = start();
    await settle();
    await settle(20_000);
    hub.beat();
    await settle(30_000);
    expect(seen.states).toEqual(['live']);
    await settle(20_000);
    expect(seen.states).toEqual(['live', 'reconnecting', 'live']);
  });

  it('backs off, says that the hub is away, and comes back by itself', async () => {
    const { seen } = start();
    await settle();
    hub.refuse = 'unreachable';
    hub.cut();
    await settle(30_000);
    expect(seen.states).toEqual(['live', 'reconnecting', 'offline']);
    expect(hub.asked.length).toBeLessThan(16);
    hub.refuse = undefined;
    await settle(15_000);
    expect(seen.states.at(-1)).toBe('live');
  });

  it('waits for a person when it is not signed in, and tries again when woken', async () => {
    hub.refuse = 401;
    const { stream, seen } = start();
    await settle(60_000);
    expect(seen.states).toEqual(['unauthenticated']);
    expect(hub.asked).toHaveLength(1);
    hub.refuse = undefined;
    stream.wake();
    await settle();
    expect(seen.states.at(-1)).toBe('live');
  });

  it('finds the one run for which the hub refuses all', async () => {
    hub.log('good');
    const { stream, seen } = start();
    await settle();
    stream.follow('good', 0);
    stream.follow('gone', 3);
    await settle(1500);
    expect(seen.reread).toEqual(['gone']);
    hub.append('good', 'start');
    await settle();
    expect(seqs(seen.events, 'good')).toEqual([1]);
  });

  it('takes a further connection for more than 32 runs', async () => {
    const runs = Array.from({ length: 40 }, (_, at) => `r${at}`);
    runs.forEach((run) => hub.log(run));
    const { stream, seen } = start();
    await settle();
    runs.forEach((run) => stream.follow(run, 0));
    await settle();
    expect(hub.streams).toBe(2);
    runs.forEach((run) => hub.append(run, 'start'));
    await settle();
    expect(seen.events).toHaveLength(40);
  });
});
