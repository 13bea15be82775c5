import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StreamEvent } from '@/api/types';
import { byTime, Fold, treeOf } from '@/lib/fold';
import { done, stamped, start, stepEnd, stepStart, time, toolEnd, toolStart, type Draft } from '@/lib/fold/samples';
import { readTrace, TraceModel, type Trace } from './trace';

function traced(events: StreamEvent[]): Trace {
  return readTrace({ events, count: events.length, transcript: Fold.of(events).view() });
}

/** One look at a time, as the page does it. */
function followed(events: StreamEvent[], every: number): TraceModel {
  const model = new TraceModel();
  const fold = new Fold();
  for (let from = 0; from < events.length; from += every) {
    events.slice(from, from + every).forEach((event) => fold.apply(event));
    model.advance(events, Math.min(from + every, events.length), fold.view().steps);
    model.tree.rows();
  }
  return model;
}

const shape = (model: TraceModel) => model.tree.rows().map(({ id, depth, parent }) => ({ id, depth, parent: parent?.id }));
const at = (ms: number) => Date.parse(time(ms));

describe('the tree', () => {
  const IDS = ['a', 'b', 'c', 'd', 'e', 'f'];
  // A parent always has a smaller letter, so that there are no rings; it may come later, or never.
  const step = fc.record({
    id: fc.constantFrom(...IDS),
    parent: fc.option(fc.constantFrom(...IDS), { nil: undefined }),
    later: fc.option(fc.constantFrom(...IDS), { nil: undefined }),
    order: fc.option(fc.nat(5), { nil: undefined }),
    begin: fc.option(fc.nat(50), { nil: undefined }),
    tool: fc.boolean(),
    inferred: fc.boolean(),
  });
  const smaller = (id: string, parent: string | undefined) => (parent !== undefined && parent < id ? parent : undefined);

  it('is the one of the fold, however it comes', () => {
    const steps = fc.uniqueArray(step, { selector: ({ id }) => id, maxLength: IDS.length });
    const ends = fc.shuffledSubarray(IDS);
    fc.assert(
      fc.property(steps, ends, fc.integer({ min: 1, max: 4 }), (steps, ends, every) => {
        const drafts: Draft[] = [start()];
        for (const { id, parent, order, begin, tool, inferred } of steps) {
          const started_at = begin === undefined ? undefined : time(begin);
          const draft = tool ? toolStart(id, smaller(id, parent)) : stepStart(id, smaller(id, parent), { inferred, order, started_at });
          drafts.push(draft);
        }
        for (const id of ends) {
          const told = steps.find((step) => step.id === id);
          if (!told) continue;
          drafts.push({ ...(told.tool ? toolEnd(id) : stepEnd(id, { order: told.order })), parent_step_id: smaller(id, told.later) });
        }
        const events = stamped(drafts);
        const wanted = byTime(treeOf(Fold.of(events).view().steps)).map(({ step, depth, parent }) => ({ id: step.id, depth, parent }));
        expect(shape(followed(events, every))).toEqual(wanted);
      }),
      { numRuns: 2000 },
    );
  });

  it('breaks rings', () => {
    const rows = shape(followed(stamped([start(), stepStart('a', 'b'), stepStart('b', 'a'), stepStart('c', 'c')]), 1));
    expect(rows.map(({ id }) => id).sort()).toEqual(['a', 'b', 'c']);
  });

  it('appends without making the rows anew', () => {
    const events = stamped([start(), stepStart('a'), stepStart('b', 'a'), stepStart('c', 'b'), stepStart('d', 'a'), stepStart('e')]);
    const model = new TraceModel();
    const { steps } = Fold.of(events).view();
    model.advance(events, 2, steps);
    const rows = model.tree.rows();
    model.advance(events, events.length, steps);
    expect(model.tree.rows()).toBe(rows);
    expect(rows.map(({ id, depth }) => `${id}${depth}`)).toEqual(['a0', 'b1', 'c2', 'd1', 'e0']);
  });
});

describe('times', () => {
  it('are the peer’s where its clock can be right', () => {
    const events = stamped([start(), stepStart('a', undefined, { started_at: time(4) }), stepEnd('a', { duration_ms: 3 })]);
    const { model } = traced(events);
    expect(model.nodes[0]?.start).toBe(at(4));
    expect(model.nodes[0]?.end).toBe(at(7));
    expect(model.skew).toBe(0);
  });

  it('are moved to where they fit when the peer’s clock is far off', () => {
    const day = 86_400_000;
    const events = stamped([
      start(),
      stepStart('a', undefined, { started_at: time(2 - day) }),
      stepEnd('a', { duration_ms: 5, started_at: time(2 - day) }),
      stepStart('b'),
      stepEnd('b'),
      done(),
    ]);
    const { model } = traced(events);
    const [a, b] = model.nodes;
    expect(a?.start).toBeGreaterThanOrEqual(at(0));
    expect(a?.end).toBeLessThanOrEqual(at(20));
    expect(b?.start).toBe(at(30));
    expect(model.span(at(1000))).toEqual([at(0), at(50)]);
  });

  it('tell text from work, and waiting for a person from both', () => {
    const events = stamped([
      start(),
      stepStart('a'),
      { type: 'delta', data: { part: 'text', text: 'x' }, message_id: 'm', step_id: 'a' },
      { type: 'delta', data: { part: 'text', text: 'y' }, message_id: 'm', step_id: 'a' },
      { type: 'input_required', data: { request_id: 'q', kind: 'choice', prompt: '?' }, step_id: 'a' },
      { type: 'input_resolved', data: { request_id: 'q', by: 'answer' } },
    ]);
    const { model } = traced(events);
    expect(model.nodes[0]).toMatchObject({ firstText: at(20), lastText: at(30) });
    expect(model.pauses).toMatchObject([{ from: at(40), to: at(50), node: { id: 'a' } }]);
  });
});

describe('the connection', () => {
  it('is cut where it broke', () => {
    const link = (state: 'identified' | 'lost' | 'reconnecting' | 'recovered', attempt: number): Draft => ({ type: 'link', data: { state, attempt } });
    const { model } = traced(stamped([start(), link('identified', 1), link('lost', 1), link('reconnecting', 2), link('recovered', 2), done()]));
    expect(model.links.map(({ up, attempt, from, to }) => [up, attempt, from - at(0), (to ?? 0) - at(0)])).toEqual([
      [true, 1, 0, 20],
      [false, 1, 20, 30],
      [false, 2, 30, 40],
      [true, 2, 40, 50],
    ]);
    expect(model.marks.map(({ kind }) => kind)).toEqual(['lost', 'reconnecting', 'recovered']);
  });
});

describe('blocks', () => {
  it('count the runs of each node, not the parts of one', () => {
    const of = (node: string, draft: Draft): Draft & { source: { node: string } } => ({ ...draft, source: { node } });
    const events = stamped([
      start(),
      of('Loop', stepStart('l')),
      of('Agent', stepStart('a1', 'l')),
      of('Agent', stepStart('turn', 'a1')),
      of('Agent', stepStart('a2', 'l')),
      stepEnd('a1', { duration_ms: 5, provisional: true }),
      stepEnd('a1', { duration_ms: 7, status: 'failed' }),
    ]);
    const { blocks } = traced(events).model;
    expect(blocks.all.get('Agent')).toMatchObject({ open: 1, failed: 1 });
    expect(blocks.all.get('Agent')?.runs.map(({ id }) => id)).toEqual(['a1', 'a2']);
    expect([...blocks.flows.values()].map(({ from, to, kind }) => [from, to, kind])).toEqual([
      ['Loop', 'Agent', 'into'],
      ['Agent', 'Agent', 'next'],
    ]);
  });
});
