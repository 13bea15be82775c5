import type { StepNode } from '../model/node';
import type { Range } from './scale';

/** How many steps went on at the same time, in each of `bins` parts of the whole. */
export function densityOf(nodes: readonly StepNode[], whole: Range, bins: number, now: number): Float32Array {
  const changes = new Float32Array(bins + 1);
  const perBin = (whole.to - whole.from) / bins;
  const binOf = (at: number) => Math.min(bins - 1, Math.max(0, Math.floor((at - whole.from) / perBin)));
  for (const node of nodes) {
    if (node.leftOut) continue;
    const { start } = node;
    const first = binOf(start);
    changes[first] = (changes[first] ?? 0) + 1;
    const after = binOf(Math.max(start, node.end ?? now)) + 1;
    changes[after] = (changes[after] ?? 0) - 1;
  }
  let active = 0;
  return changes.subarray(0, bins).map((change) => (active += change));
}

/** The outline as an SVG path, `width` × `height`, on the ground. */
export function outlineOf(density: Float32Array, width: number, height: number): string {
  const most = density.reduce((top, value) => Math.max(top, value), 1);
  const step = width / density.length;
  let path = `M0 ${height}`;
  density.forEach((value, bin) => {
    // Few of many must still be seen.
    const y = height - Math.sqrt(value / most) * (height - 1);
    path += `L${(bin * step).toFixed(1)} ${y.toFixed(1)}H${((bin + 1) * step).toFixed(1)}`;
  });
  return `${path}L${width} ${height}Z`;
}
