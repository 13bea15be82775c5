import { expect, it } from 'vitest';
import type { RunView } from '@/api/events';
import type { StreamEvent } from '@/api/types';
import { Fold } from '@/lib/fold';
import { marksOf, raceOf } from './race-times';

const T0 = Date.parse('2026-11-25T10:00:00Z');
const view = (start: number, drafts: [ms: number, type: StreamEvent['type'], more: object][]): RunView => {
  const events = drafts.map(([ms, type, more], at) => ({ run_id: 'r', seq: at + 1, timestamp: new Date(T0 + start + ms).toISOString(), type, ...more }) as StreamEvent);
  const transcript = Fold.of(events).view();
  return { phase: 'ready', status: transcript.status, transcript, events, count: events.length, problem: undefined };
};
const start: [number, StreamEvent['type'], object] = [0, 'start', { data: {} }];
const word = (ms: number): [number, StreamEvent['type'], object] => [ms, 'delta', { message_id: 'm', data: { part: 'text', text: 'x' } }];
const done = (ms: number): [number, StreamEvent['type'], object] => [ms, 'done', { data: { outcome: 'succeeded', verdict: 'verified' } }];

it('lays runs on one scale, each from its own beginning', () => {
  const fast = view(0, [start, word(200), word(300), done(500)]);
  const slow = view(50, [start, word(1000)]);
  const { lanes, longest } = raceOf([fast, slow, undefined], T0 + 50 + 2000);
  expect(lanes[0]).toMatchObject({ firstWord: 200, total: 500, over: true });
  expect(lanes[0]?.stretches.map(({ kind, from, to }) => [kind, from, to])).toEqual([['waiting', 0, 200], ['writing', 200, 500]]);
  expect(lanes[1]).toMatchObject({ firstWord: 1000, total: 2000, over: false });
  expect(lanes[1]?.stretches.at(-1)).toMatchObject({ kind: 'writing', to: 2000 });
  expect(lanes[2]).toBeUndefined();
  expect(longest).toBe(2000);
});

it('never runs backwards when this clock is behind', () => {
  const { lanes } = raceOf([view(0, [start, word(400)])], T0 - 60_000);
  expect(lanes[0]?.total).toBe(400);
});

it('marks round times', () => {
  expect(marksOf(4200)).toEqual([0, 1000, 2000, 3000, 4000]);
  expect(marksOf(950)).toEqual([0, 200, 400, 600, 800]);
  for (const longest of [1, 37, 999, 12_345, 3_600_000]) expect(marksOf(longest).length).toBeLessThanOrEqual(7);
});
