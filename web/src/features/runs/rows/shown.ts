import type { StepNode } from '../model/node';
import type { Trace } from '../model/trace';

const known = new WeakMap<ReadonlySet<string>, { of: Trace['model']; shape: number; rows: readonly StepNode[] }>();

/** The rows that are left when some are folded. */
export function shownRows({ model, rows, shape }: Pick<Trace, 'model' | 'rows' | 'shape'>, folded: ReadonlySet<string>): readonly StepNode[] {
  if (folded.size === 0) return rows;
  const before = known.get(folded);
  if (before?.of === model && before.shape === shape) return before.rows;
  const shown: StepNode[] = [];
  let hidden = Infinity;
  for (const node of rows) {
    if (node.depth > hidden) continue;
    hidden = folded.has(node.id) ? node.depth : Infinity;
    shown.push(node);
  }
  known.set(folded, { of: model, shape, rows: shown });
  return shown;
}

/** Opens whatever hides a step; the same set when nothing does. */
export function unfolded(folded: ReadonlySet<string>, node: StepNode | undefined): ReadonlySet<string> {
  let opened: Set<string> | undefined;
  for (let above = node?.parent; above; above = above.parent) {
    if (!folded.has(above.id)) continue;
    opened ??= new Set(folded);
    opened.delete(above.id);
  }
  return opened ?? folded;
}

/** Folds or opens one. */
export function toggled(folded: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(folded);
  if (!next.delete(id)) next.add(id);
  return next;
}
