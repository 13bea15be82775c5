import { describe, expect, it } from 'vitest';
import type { StreamEvent } from '@/api/types';
import { Fold } from '@/lib/fold';
import { itemsOf, saidInside } from './items';
import { placementOf } from './placement';

type Draft = Partial<StreamEvent> & { type: StreamEvent['type']; data: unknown };
const log = (drafts: Draft[], step = 10): StreamEvent[] =>
  drafts.map((draft, at) => ({ run_id: 'r', seq: at + 1, timestamp: new Date(1_795_474_089_000 + at * step).toISOString(), ...draft }) as StreamEvent);
const start: Draft = { type: 'start', data: { backend: 'b', platform: 'n8n', workflow: 'w' } };
const done: Draft = { type: 'done', data: { outcome: 'succeeded', verdict: 'verified' } };
const say = (message_id: string, text: string, more: Partial<StreamEvent> = {}): Draft => ({ type: 'delta', message_id, data: { part: 'text', text }, ...more }) as Draft;
const think = (message_id: string, text: string): Draft => ({ type: 'delta', message_id, data: { part: 'reasoning', text } });
const call = (tool_id: string, parent_step_id?: string): Draft => ({ type: 'tool_start', tool_id, parent_step_id, data: { name: tool_id } });
const back = (tool_id: string): Draft => ({ type: 'tool_end', tool_id, data: { status: 'succeeded', result: 1 } });
const node = (step_id: string, parent_step_id?: string): Draft => ({ type: 'step_start', step_id, parent_step_id, data: { name: step_id, kind: 'node' } });
const ask = (request_id: string): Draft => ({ type: 'input_required', data: { request_id, kind: 'resume', prompt: '?' } });
const resolve = (request_id: string): Draft => ({ type: 'input_resolved', data: { request_id, by: 'answer' } });

const items = (drafts: Draft[]) => {
  const events = log(drafts);
  return itemsOf(Fold.of(events).view(), events);
};
const shape = (drafts: Draft[]) =>
  items(drafts).map((item) => (item.kind === 'tools' ? item.steps.map((step) => step.id).join('+') : item.kind === 'message' ? item.message.text : item.kind));

describe('the parts of an answer', () => {
  it('stand in the order in which they came, calls in a row together', () => {
    expect(shape([start, say('a', 'Let me look.'), call('t1'), back('t1'), call('t2'), say('b', 'It is '), back('t2'), say('b', '21.'), done])).toEqual(['Let me look.', 't1+t2', 'It is 21.']);
  });

  it('have questions where they were asked', () => {
    expect(shape([start, say('a', 'x'), ask('q1'), resolve('q1'), say('b', 'y'), ask('q2')])).toEqual(['x', 'resolved', 'y', 'question']);
  });

  it('say a question once, as long as it is open', () => {
    expect(shape([start, say('a', '?\n'), ask('q1')])).toEqual(['question']);
    expect(shape([start, say('a', '?\n'), ask('q1'), resolve('q1')])).toEqual(['?\n', 'resolved']);
  });

  it('leave out calls that are told only after the last word, once the run is over', () => {
    const drafts = [start, say('a', 'x'), call('late'), back('late')];
    expect(shape(drafts)).toEqual(['x', 'late']);
    expect(shape([...drafts, done])).toEqual(['x']);
    // Where nothing was said, they are all there is.
    expect(shape([start, call('only'), back('only'), done])).toEqual(['only']);
  });

  it('put what an agent says inside a tool call there', () => {
    const events = log([start, call('researcher'), node('turn', 'researcher'), say('inner', 'notes', { step_id: 'turn' }), call('search', 'turn'), say('m', 'answer')]);
    const transcript = Fold.of(events).view();
    expect(itemsOf(transcript, events).map((item) => item.key)).toEqual(['t/researcher', 'm/m']);
    expect(saidInside('researcher', transcript).map((message) => message.text)).toEqual(['notes']);
  });

  it('name who speaks when there are several', () => {
    const by = (name: string) => ({ source: { node: name } });
    const named = items([start, say('a', 'x', by('Researcher')), say('b', 'y', by('Researcher')), say('c', 'z', by('Writer'))]);
    expect(named.map((item) => item.kind === 'message' && item.speaker)).toEqual(['Researcher', undefined, 'Writer']);
    expect(items([start, say('a', 'x', by('Only'))])[0]).toMatchObject({ speaker: undefined });
  });
});

describe('the times of an answer', () => {
  const stretches = (drafts: Draft[], step: number) => placementOf(log(drafts, step)).stretches.map(({ kind, from, to }) => [kind, (to - from) / step]);

  it('are waiting, thinking, writing and pauses, without a hole', () => {
    const events = log([start, think('m', 'a'), think('m', 'b'), say('m', 'c'), say('m', 'd'), ask('q'), resolve('q'), say('n', 'e'), done], 100);
    const { stretches: all, firstWordAt } = placementOf(events);
    expect(all.map(({ kind }) => kind)).toEqual(['waiting', 'thinking', 'writing', 'paused', 'waiting', 'writing']);
    for (let n = 1; n < all.length; n += 1) expect(all[n]?.from).toBe(all[n - 1]?.to);
    expect(firstWordAt).toBe(events[3]?.timestamp);
  });

  it('tell a long silence between words from writing', () => {
    expect(stretches([start, say('m', 'a'), say('m', 'b'), done], 1000)).toEqual([['waiting', 1], ['writing', 0], ['waiting', 1], ['writing', 1]]);
  });

  it('are read once, as the log grows', () => {
    const events = log([start, say('m', 'a')]);
    expect(placementOf(events)).toBe(placementOf(events));
    const size = placementOf(events).firstWord.size;
    events.push(...log([start, say('m', 'a'), say('n', 'b')]).slice(2));
    expect(placementOf(events).firstWord.size).toBe(size + 1);
  });
});
