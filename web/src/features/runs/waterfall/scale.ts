/** A part of the time axis, in milliseconds. */
export interface Range {
  from: number;
  to: number;
}

/** No closer than this: a hundredth of a millisecond says nothing. */
const LEAST_MS = 0.5;

const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000];
const MINUTE = 60_000;
const LONG_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 720, 1440, 2880, 7200, 14_400].map((minutes) => minutes * MINUTE);

/** Where to put lines on an axis, as milliseconds after `origin`, with at most `most` of them. */
export function ticksOf({ from, to }: Range, origin: number, most: number): number[] {
  const least = (to - from) / Math.max(1, most);
  const step = [...STEPS, ...LONG_STEPS].find((size) => size >= least) ?? Math.ceil(least / (1440 * MINUTE)) * 1440 * MINUTE;
  const first = Math.ceil((from - origin) / step);
  const last = Math.floor((to - origin) / step);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => (first + n) * step);
}

/** Place on the axis, in percent of its width. */
export const percentOf = (at: number, { from, to }: Range): number => ((at - from) / (to - from)) * 100;

/** Keeps a part within the whole; as long as it can be. */
export function within(part: Range, whole: Range): Range {
  const length = Math.min(Math.max(part.to - part.from, LEAST_MS), whole.to - whole.from);
  const from = Math.min(Math.max(part.from, whole.from), whole.to - length);
  return { from, to: from + length };
}

/** Zooms by a factor (below 1: closer) around a moment that stays where it is. */
export function zoomed(part: Range, whole: Range, factor: number, around = (part.from + part.to) / 2): Range {
  const length = Math.max((part.to - part.from) * factor, LEAST_MS);
  const share = (around - part.from) / (part.to - part.from);
  return within({ from: around - length * share, to: around + length * (1 - share) }, whole);
}

/** Moves by a share of what is shown. */
export function panned(part: Range, whole: Range, share: number): Range {
  const by = (part.to - part.from) * share;
  return within({ from: part.from + by, to: part.to + by }, whole);
}

/** Nothing of the whole lies outside: then it is the whole, which grows while a run goes on. */
export const isWhole = (part: Range, whole: Range): boolean => part.from <= whole.from && part.to >= whole.to;
