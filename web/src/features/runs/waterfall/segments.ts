import type { StepNode } from '../model/node';
import type { Pause, TraceModel } from '../model/trace';

export type Phase = 'waiting' | 'running' | 'streaming';

/** A piece of a bar. */
export interface Segment {
  from: number;
  to: number;
  phase: Phase;
}

/** Lays pieces over a bar: where two are, the later one in the list is seen. */
function layered(base: Segment, over: readonly Segment[]): Segment[] {
  let pieces = [base];
  for (const piece of over) {
    const from = Math.max(piece.from, base.from);
    const to = Math.min(piece.to, base.to);
    if (to < from || (to === from && base.to > base.from)) continue;
    const rest = pieces.flatMap((under) => [
      ...(under.from < from ? [{ ...under, to: Math.min(under.to, from) }] : []),
      ...(under.to > to ? [{ ...under, from: Math.max(under.from, to) }] : []),
    ]);
    pieces = [...rest, { from, to, phase: piece.phase }];
  }
  return pieces.sort((a, b) => a.from - b.from);
}

const textOf = ({ firstText, lastText }: Pick<StepNode, 'firstText' | 'lastText'>): Segment[] =>
  firstText === undefined || lastText === undefined ? [] : [{ from: firstText, to: lastText, phase: 'streaming' }];

const waitOf = (pauses: readonly Pause[], now: number): Segment[] =>
  pauses.map(({ from, to }) => ({ from, to: to ?? now, phase: 'waiting' }));

/** The bar of a step: waiting for someone, working, or sending text. `now` ends what goes on. */
export function segmentsOf(node: StepNode, isWait: boolean, pauses: readonly Pause[], now: number): Segment[] {
  const base: Segment = { from: node.start, to: Math.max(node.start, node.end ?? now), phase: isWait ? 'waiting' : 'running' };
  const own = pauses.length === 0 ? [] : pauses.filter((pause) => pause.node === node);
  return layered(base, [...textOf(node), ...waitOf(own, now)]);
}

/** The bar of the whole run, from when it was asked for. */
export function runSegments(model: TraceModel, createdAt: number | undefined, now: number): Segment[] {
  const begin = model.begin ?? now;
  const from = Math.min(createdAt ?? begin, begin);
  const base: Segment = { from, to: Math.max(from, model.end ?? now), phase: 'running' };
  const queued: Segment[] = begin > from ? [{ from, to: begin, phase: 'waiting' }] : [];
  return layered(base, [...queued, ...textOf(model), ...waitOf(model.pauses, now)]);
}
