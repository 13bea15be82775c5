import { describe, expect, it } from 'vitest';
import { args, delta, done, stamped, start, stepEnd, stepStart, toolEnd, toolStart } from '@/lib/fold/samples';
import { LogRows, rowOf, textOf, type LogFilter } from './log-rows';

const ALL: LogFilter = { types: new Set(), step: undefined, text: '', joined: true };

const events = stamped([
  start(),
  stepStart('a'),
  { ...delta('m', 'text', 'Where is '), step_id: 'a' },
  { ...delta('m', 'text', 'my par'), step_id: 'a' },
  { ...delta('m', 'text', 'cel?'), step_id: 'a' },
  { ...delta('m', 'reasoning', 'Hm.'), step_id: 'a' },
  toolStart('t', 'a'),
  args('t', '{"id":'),
  args('t', '7}'),
  toolEnd('t'),
  stepEnd('a'),
  done(),
]);

function rows(filter: Partial<LogFilter>, count = events.length): string[] {
  const log = new LogRows(events, { ...ALL, ...filter });
  for (let at = 1; at <= count; at += 1) log.advance(at, 10);
  return log.rows.map(({ first, last }) => `${first}-${last}`);
}

describe('the lines of the log', () => {
  it('join text that came piece by piece', () => {
    expect(rows({})).toEqual(['0-0', '1-1', '2-4', '5-5', '6-6', '7-8', '9-9', '10-10', '11-11']);
    expect(rows({ joined: false })).toHaveLength(events.length);
    expect(textOf(events, { first: 2, last: 4 })).toBe('Where is my parcel?');
    expect(textOf(events, { first: 2, last: 4 }, 5)).toBe('Where is ');
  });

  it('pass by type and by step', () => {
    expect(rows({ types: new Set(['tool_start', 'done']) })).toEqual(['6-6', '11-11']);
    expect(rows({ step: 't' })).toEqual(['6-6', '7-8', '9-9']);
    expect(rows({ step: 'a', types: new Set(['step_end']) })).toEqual(['10-10']);
  });

  it('are found by a text that was cut in pieces', () => {
    expect(rows({ text: 'my parcel' })).toEqual(['2-4']);
    expect(rows({ text: 'my parcel' }, 4)).toEqual([]);
    expect(rows({ text: '"id":7' })).toEqual(['7-8']);
    expect(rows({ text: 'step_end' })).toEqual(['10-10']);
  });

  it('come in pieces when there are many', () => {
    const many = stamped(Array.from({ length: 10_000 }, () => stepStart('a')));
    const log = new LogRows(many, ALL);
    expect(log.advance(many.length, 0)).toBe(false);
    expect(log.read).toBe(64);
    while (!log.advance(many.length, 1));
    expect(log.rows).toHaveLength(10_000);
  });

  it('are found by their event', () => {
    const lines = [{ first: 0, last: 0 }, { first: 3, last: 7 }, { first: 9, last: 9 }];
    expect([0, 3, 5, 7, 8, 9, 10].map((at) => rowOf(lines, at))).toEqual([0, 1, 1, 1, -1, 2, -1]);
  });
});
