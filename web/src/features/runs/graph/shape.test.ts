import { describe, expect, it } from 'vitest';
import { Fold } from '@/lib/fold';
import { stamped, start, stepEnd, stepStart, time, type Draft } from '@/lib/fold/samples';
import { readTrace } from '../model/trace';
import { aggregated, expanded } from './shape';

function traced(drafts: Draft[]) {
  const events = stamped(drafts);
  return readTrace({ events, count: events.length, transcript: Fold.of(events).view() });
}

const of = (node: string, draft: Draft): Draft & { source: { node: string } } => ({ ...draft, source: { node } });
const timed = (from: number, ms: number) => ({ started_at: time(from), duration_ms: ms });

const trace = traced([
  start(),
  of('Hook', stepStart('h', undefined, { started_at: time(1) })),
  stepEnd('h', timed(1, 1)),
  of('Agent', stepStart('a1', undefined, { started_at: time(3) })),
  of('gpt', stepStart('m', 'a1', { started_at: time(4), node_type: 'model' })),
  stepEnd('m', timed(4, 2)),
  stepEnd('a1', timed(3, 4)),
  of('Agent', stepStart('a2', undefined, { started_at: time(8) })),
  stepEnd('a2', { ...timed(8, 1), status: 'failed' }),
  of('Agent', stepStart('a3', undefined, { started_at: time(10) })),
]);

const graph = {
  nodes: [
    { name: 'Hook', type: 'webhook', position: [0, 0] },
    { name: 'Agent', type: 'agent', position: [200, 0] },
    { name: 'Never', type: 'set', disabled: true },
  ],
  edges: [
    { from: 'Hook', to: 'Agent', type: 'main' },
    { from: 'Agent', to: 'Never', type: 'ai_tool' },
  ],
};

describe('the graph of the workflow', () => {
  it('counts the runs of each node and lights the one that goes on', () => {
    const { nodes } = aggregated(trace, graph);
    expect(nodes.map(({ name, ended, total, state }) => [name, ended, total, state])).toEqual([
      ['Hook', 1, 1, 'succeeded'],
      ['Agent', 2, 3, 'running'],
      ['Never', 0, 0, 'disabled'],
      ['gpt', 1, 1, 'succeeded'],
    ]);
    expect(nodes[1]).toMatchObject({ durationMs: 5, position: [200, 0] });
  });

  it('shows which ways were taken, and where that ran which is not drawn', () => {
    const { edges } = aggregated(trace, graph);
    expect(edges.map(({ from, to, kind, taken }) => [from, to, kind, taken])).toEqual([
      ['Hook', 'Agent', undefined, true],
      ['Agent', 'Never', 'ai_tool', false],
      ['Agent', 'gpt', 'into', true],
    ]);
  });

  it('is drawn from the steps where the peer shows none', () => {
    const { nodes, edges } = aggregated(trace, undefined);
    expect(nodes.map(({ name, type }) => [name, type])).toEqual([['Hook', undefined], ['Agent', undefined], ['gpt', 'model']]);
    expect(edges.map(({ from, to }) => [from, to])).toEqual([['Hook', 'Agent'], ['Agent', 'gpt']]);
  });
});

describe('the graph of the steps', () => {
  it('goes from each step to the next, and into those that enclose others', () => {
    const { nodes, edges, left } = expanded(trace, undefined);
    expect(nodes.map(({ id }) => id)).toEqual(['h', 'a1', 'm', 'a2', 'a3']);
    expect(edges.map(({ from, to, kind }) => [from, to, kind])).toEqual([
      ['h', 'a1', undefined],
      ['a1', 'm', 'into'],
      ['a1', 'a2', undefined],
      ['a2', 'a3', undefined],
    ]);
    expect(left).toBe(0);
  });

  it('does not put one after the other what went on together', () => {
    const { edges } = expanded(traced([start(), stepStart('p'), stepStart('x', 'p'), stepStart('y', 'p')]), undefined);
    expect(edges.map(({ from, to }) => [from, to])).toEqual([['p', 'x'], ['p', 'y']]);
  });

  it('is bounded, around the chosen step', () => {
    const many = traced([start(), ...Array.from({ length: 50 }, (_, n) => stepStart(`s${n}`))]);
    const { nodes, left } = expanded(many, 's30', 10);
    expect(nodes.map(({ id }) => id)).toContain('s30');
    expect([nodes.length, left]).toEqual([10, 40]);
  });
});
