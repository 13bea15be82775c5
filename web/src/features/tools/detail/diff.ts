export interface DiffLine {
  kind: 'same' | 'added' | 'removed';
  text: string;
}

/** Above this many changes, a line-by-line comparison says no more than both texts one after the other. */
const MOST = 2000;

/** Differences of two texts, line by line (Myers). */
export function diffLines(before: string, after: string): DiffLine[] {
  const [a, b] = [before.split('\n'), after.split('\n')];
  const path = shortest(a, b);
  if (!path) return [...a.map((text): DiffLine => ({ kind: 'removed', text })), ...b.map((text): DiffLine => ({ kind: 'added', text }))];
  const lines: DiffLine[] = [];
  let [x, y] = [a.length, b.length];
  for (let d = path.length - 1; x > 0 || y > 0; d -= 1) {
    const reach = path[d] ?? new Map<number, number>();
    const k = x - y;
    const down = d > 0 && (k === -d || (k !== d && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1)));
    const from = down ? k + 1 : k - 1;
    const startX = d === 0 ? 0 : (reach.get(from) ?? 0);
    const startY = d === 0 ? 0 : startX - from;
    while (x > startX && y > startY) {
      lines.push({ kind: 'same', text: a[x - 1] ?? '' });
      [x, y] = [x - 1, y - 1];
    }
    if (d === 0) break;
    lines.push(down ? { kind: 'added', text: b[y - 1] ?? '' } : { kind: 'removed', text: a[x - 1] ?? '' });
    [x, y] = [startX, startY];
  }
  return lines.reverse();
}

/** For each number of changes, how far each diagonal had come before it. */
function shortest(a: readonly string[], b: readonly string[]): Map<number, number>[] | undefined {
  const path: Map<number, number>[] = [];
  const reach = new Map<number, number>([[1, 0]]);
  for (let d = 0; d <= Math.min(a.length + b.length, MOST); d += 1) {
    path.push(new Map(reach));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1));
      let x = down ? (reach.get(k + 1) ?? 0) : (reach.get(k - 1) ?? 0) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      reach.set(k, x);
      if (x >= a.length && x - k >= b.length) return path;
    }
  }
  return undefined;
}

/** A value as text with its keys in order, so that two of them can be compared. */
export function canonical(value: unknown): string {
  const ordered = (one: unknown): unknown => {
    if (Array.isArray(one)) return one.map(ordered);
    if (typeof one !== 'object' || one === null) return one;
    return Object.fromEntries(
      Object.entries(one)
        .sort(([x], [y]) => (x < y ? -1 : 1))
        .map(([key, inner]) => [key, ordered(inner)]),
    );
  };
  return JSON.stringify(ordered(value), null, 2);
}

export type DiffPart = { kind: 'lines'; lines: DiffLine[] } | { kind: 'skipped'; count: number };

/** Only the changes with some lines around them. */
export function around(lines: readonly DiffLine[], near = 3): DiffPart[] {
  const kept = lines.map((_, at) => lines.slice(Math.max(0, at - near), at + near + 1).some((line) => line.kind !== 'same'));
  const parts: DiffPart[] = [];
  lines.forEach((line, at) => {
    const last = parts.at(-1);
    if (kept[at]) {
      if (last?.kind === 'lines') last.lines.push(line);
      else parts.push({ kind: 'lines', lines: [line] });
    } else if (last?.kind === 'skipped') last.count += 1;
    else parts.push({ kind: 'skipped', count: 1 });
  });
  return parts;
}
