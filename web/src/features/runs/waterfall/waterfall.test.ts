import { describe, expect, it } from 'vitest';
import { StepNode } from '../model/node';
import { TraceModel, type Pause } from '../model/trace';
import { densityOf, outlineOf } from './density';
import { isWhole, panned, percentOf, ticksOf, within, zoomed } from './scale';
import { runSegments, segmentsOf } from './segments';

const WHOLE = { from: 1000, to: 2000 };

function node(start: number, end: number | undefined, text?: [number, number]): StepNode {
  const made = new StepNode(0, { id: 'a', name: 'a', kind: 'node', is_tool_call: false, peer_times: false, seq: 1, started_at: new Date(start).toISOString() }, start);
  made.duration = end === undefined ? undefined : end - start;
  [made.firstText, made.lastText] = text ?? [];
  return made;
}

const pause = (from: number, to: number | undefined, of: StepNode | undefined): Pause => ({
  from,
  to,
  node: of,
  question: { request_id: 'q', kind: 'choice', prompt: '?' },
});

describe('the scale', () => {
  it('puts round lines on the axis', () => {
    expect(ticksOf({ from: 1000, to: 2000 }, 1000, 5)).toEqual([0, 200, 400, 600, 800, 1000]);
    expect(ticksOf({ from: 950, to: 1150 }, 1000, 4)).toEqual([-50, 0, 50, 100, 150]);
    expect(ticksOf({ from: 0, to: 7_200_000 }, 0, 6).at(-1)).toBe(7_200_000);
    expect(ticksOf({ from: 0, to: 90 * 86_400_000 }, 0, 6).length).toBeLessThanOrEqual(7);
  });

  it('keeps the moment under the pointer where it is', () => {
    const part = zoomed(WHOLE, WHOLE, 0.5, 1250);
    expect(part).toEqual({ from: 1125, to: 1625 });
    expect(percentOf(1250, part)).toBe(percentOf(1250, WHOLE));
  });

  it('never leaves the whole', () => {
    expect(panned({ from: 1000, to: 1200 }, WHOLE, -1)).toEqual({ from: 1000, to: 1200 });
    expect(panned({ from: 1700, to: 1900 }, WHOLE, 2)).toEqual({ from: 1800, to: 2000 });
    expect(within({ from: 0, to: 9000 }, WHOLE)).toEqual(WHOLE);
    expect(isWhole(zoomed({ from: 1400, to: 1500 }, WHOLE, 100), WHOLE)).toBe(true);
    expect(within({ from: 1500, to: 1500 }, WHOLE).to).toBeGreaterThan(1500);
  });
});

describe('the pieces of a bar', () => {
  it('tell work from text', () => {
    expect(segmentsOf(node(100, 200, [150, 180]), false, [], 0)).toEqual([
      { from: 100, to: 150, phase: 'running' },
      { from: 150, to: 180, phase: 'streaming' },
      { from: 180, to: 200, phase: 'running' },
    ]);
  });

  it('show that somebody is waited for, up to now', () => {
    const asking = node(100, undefined);
    expect(segmentsOf(asking, false, [pause(120, undefined, asking), pause(0, 50, undefined)], 300)).toEqual([
      { from: 100, to: 120, phase: 'running' },
      { from: 120, to: 300, phase: 'waiting' },
    ]);
    expect(segmentsOf(node(100, 130), true, [], 0)).toEqual([{ from: 100, to: 130, phase: 'waiting' }]);
  });

  it('are never outside of the bar, and never none', () => {
    expect(segmentsOf(node(100, 110, [50, 90]), false, [], 0)).toEqual([{ from: 100, to: 110, phase: 'running' }]);
    expect(segmentsOf(node(100, 100), false, [], 0)).toEqual([{ from: 100, to: 100, phase: 'running' }]);
    expect(segmentsOf(node(100, undefined), false, [], 50)).toEqual([{ from: 100, to: 100, phase: 'running' }]);
  });

  it('begin with the wait for the hub', () => {
    const model = new TraceModel();
    model.begin = 100;
    model.end = 200;
    [model.firstText, model.lastText] = [150, 200];
    expect(runSegments(model, 90, 0).map(({ from, phase }) => [from, phase])).toEqual([
      [90, 'waiting'],
      [100, 'running'],
      [150, 'streaming'],
    ]);
  });
});

describe('the overview', () => {
  it('counts what goes on at once', () => {
    const nodes = [node(1000, 1250), node(1300, 1900), node(1500, undefined)];
    expect([...densityOf(nodes, WHOLE, 4, 2000)]).toEqual([1, 2, 2, 2]);
    expect(outlineOf(new Float32Array([0, 4]), 10, 5)).toBe('M0 5L0.0 5.0H5.0L5.0 1.0H10.0L10 5Z');
  });
});
