import { describe, expect, it } from 'vitest';
import type { Run } from '@/api/types';
import { isCallOf, tookOf, withNews, withoutRun, type ListFilter } from './news';

const ALL: ListFilter = { status: undefined, backend: undefined, workflow: undefined, text: undefined };
const run = (id: string, more: Partial<Run> = {}): Run => ({
  id,
  backend_id: 'b',
  workflow_id: 'w',
  workflow_name: 'Support agent',
  status: 'running',
  input: { text: 'Where is my parcel?', data: undefined, files: [], headers: {}, method: null, path: {}, query: {}, session_id: null },
  last_seq: 1,
  attempt: 1,
  created_at: '2026-11-23T12:00:00Z',
  ...more,
});
const pages = () => [{ items: [run('8'), run('6')], next: '6' }, { items: [run('4')], next: '4' }];
const ids = (all: { items: Run[] }[]) => all.map(({ items }) => items.map(({ id, status }) => `${id}${status === 'running' ? '' : '!'}`).join(' '));

describe('news of a run', () => {
  it('come in at their place', () => {
    expect(ids(withNews(pages(), run('9'), ALL))).toEqual(['9 8 6', '4']);
    expect(ids(withNews(pages(), run('5'), ALL))).toEqual(['8 6', '5 4']);
    expect(ids(withNews(pages(), run('6', { status: 'failed' }), ALL))).toEqual(['8 6!', '4']);
    expect(ids(withNews([{ items: [] as Run[], next: undefined }], run('1'), ALL))).toEqual(['1']);
  });

  it('wait for their page when they are older than what is loaded', () => {
    expect(ids(withNews(pages(), run('2'), ALL))).toEqual(['8 6', '4']);
    expect(ids(withNews([{ items: [run('4')], next: null }], run('2'), ALL))).toEqual(['4 2']);
  });

  it('respect the filter', () => {
    const running: ListFilter = { ...ALL, status: ['running'] };
    expect(ids(withNews(pages(), run('6', { status: 'failed' }), running))).toEqual(['8', '4']);
    expect(ids(withNews(pages(), run('9', { status: 'failed' }), running))).toEqual(['8 6', '4']);
    expect(ids(withNews(pages(), run('9'), { ...ALL, backend: 'other' }))).toEqual(['8 6', '4']);
    expect(ids(withNews(pages(), run('9'), { ...ALL, workflow: 'w' }))).toEqual(['9 8 6', '4']);
  });

  it('say what is gone', () => {
    expect(ids(withoutRun(pages(), '6'))).toEqual(['8', '4']);
  });

  it('respect the text that is looked for, in name, input, reason and ids', () => {
    const found = (text: string) => ids(withNews(pages(), run('abc', { done: { outcome: 'failed', verdict: 'verified', reason: 'Boom' } }), { ...ALL, text }))[0]?.startsWith('abc');
    expect(['support', 'PARCEL', 'boom', 'abc'].map(found)).toEqual([true, true, true, true]);
    expect(found('weather')).toBe(false);
  });
});

it('takes runs without a workflow for tool calls', () => {
  expect(isCallOf(run('1', { workflow_id: null, workflow_name: 'search' }), 'search')).toBe(true);
  expect(isCallOf(run('1', { workflow_name: 'search' }), 'search')).toBe(false);
});

it('says how long a run took', () => {
  expect(tookOf(run('1'))).toBeUndefined();
  expect(tookOf(run('1', { ended_at: '2026-11-23T12:00:02Z' }))).toBe(2000);
  expect(tookOf(run('1', { ended_at: '2026-11-23T12:00:02Z', done: { outcome: 'succeeded', verdict: 'verified', duration_ms: 7 } }))).toBe(7);
});
