import { describe, expect, it } from 'vitest';
import type { Run, Schemas } from '@/api/types';
import { laneOf, sessionOf, turnsOf } from './turns';

const at = (second: number) => new Date(Date.UTC(2026, 10, 25, 10, 0, second)).toISOString();
const run = (id: string, second: number, lane = 0, turn?: string): Run =>
  ({ id, conversation_id: 'c', turn, created_at: at(second), input: { session_id: sessionOf('c', lane) ?? null } }) as Run;
let position = 0;
const said = (text: string, second: number, run_id?: string, role = 'user'): Schemas['ChatMessage'] => ({ position: ++position, role, text, created_at: at(second), run_id });
const shape = (turns: ReturnType<typeof turnsOf>) => turns.map((turn) => [turn.text, turn.lanes.map((lane) => lane.runId)]);

describe('the turns of a conversation', () => {
  it('are what was said, each with its answer', () => {
    const messages = [said('a', 1, 'r1'), said('A', 2, 'r1', 'assistant'), said('b', 3, 'r2')];
    const turns = turnsOf(messages, [run('r2', 3), run('r1', 1)]);
    expect(shape(turns)).toEqual([['a', ['r1']], ['b', ['r2']]]);
    expect(turns[0]?.lanes[0]?.kept).toBe('A');
    expect(turns[1]?.lanes[0]?.kept).toBeUndefined();
  });

  it('have runs side by side in one', () => {
    const messages = [said('x', 1, 'r1'), said('x', 2, 'r2'), said('x', 2, 'r3'), said('y', 5, 'r4'), said('y', 6, 'r5')];
    const runs = [run('r1', 1, 0, 't1'), run('r2', 2, 1, 't1'), run('r3', 2, 2, 't1'), run('r4', 5, 0, 't2'), run('r5', 6, 1, 't2')];
    expect(shape(turnsOf(messages, runs))).toEqual([['x', ['r1', 'r2', 'r3']], ['y', ['r4', 'r5']]]);
  });

  it('have their lanes in order, in whatever order they began', () => {
    expect(shape(turnsOf([said('x', 1, 'b'), said('x', 1, 'c'), said('x', 2, 'a')], [run('a', 2, 0, 't'), run('b', 1, 1, 't'), run('c', 1, 2, 't')]))).toEqual([['x', ['a', 'b', 'c']]]);
  });

  it('keep apart what only looks like it: the same words at once, in other turns', () => {
    const messages = [said('x', 1, 'r1'), said('x', 1, 'r2'), said('x', 1, 'r3'), said('x', 2, 'r4')];
    const runs = [run('r1', 1), run('r2', 1, 1), run('r3', 1, 0, 't1'), run('r4', 2, 1, 't2')];
    expect(shape(turnsOf(messages, runs))).toEqual([['x', ['r1']], ['x', ['r2']], ['x', ['r3']], ['x', ['r4']]]);
  });

  it('stand together although something else was said between them', () => {
    const messages = [said('x', 1, 'r1'), said('y', 1, 'r2'), said('x', 2, 'r3')];
    expect(shape(turnsOf(messages, [run('r1', 1, 0, 't'), run('r2', 1), run('r3', 2, 1, 't')]))).toEqual([['x', ['r1', 'r3']], ['y', ['r2']]]);
  });

  it('have runs that said nothing, in their place', () => {
    expect(shape(turnsOf([said('a', 1, 'r1'), said('b', 9, 'r3')], [run('r3', 9), run('r2', 5), run('r1', 1)]))).toEqual([['a', ['r1']], ['', ['r2']], ['b', ['r3']]]);
  });

  it('keep the words of runs that are gone', () => {
    const [turn] = turnsOf([said('a', 1, 'gone'), said('A', 2, 'gone', 'assistant')], []);
    expect(turn?.lanes[0]).toEqual({ runId: 'gone', run: undefined, kept: 'A', lane: 0 });
  });

  it('know a lane by its session, and nothing else by it', () => {
    expect([0, 1, 2].map((lane) => laneOf(run('r', 1, lane)))).toEqual([0, 1, 2]);
    const odd = (session_id: string | null) => laneOf({ conversation_id: 'c', input: { session_id } } as Run);
    expect([null, 'c', 'c/x', 'c/-1', 'other/1'].map(odd)).toEqual([0, 0, 0, 0, 0]);
  });
});
