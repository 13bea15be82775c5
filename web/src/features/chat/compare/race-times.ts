import type { RunView } from '@/api/events';
import { placementOf, type Stretch } from '../answer/placement';

/** One of the runs on the common scale; all times in milliseconds from its own beginning. */
export interface RaceLane {
  stretches: readonly Stretch[];
  /** Until the first word of the answer. */
  firstWord?: number;
  total: number;
  over: boolean;
}

/** A scale shorter than this would only show noise. */
const SHORTEST_MS = 1000;

/** How long each of several runs took for what, all from their beginnings, so that they can be laid on one scale. */
export function raceOf(views: readonly (RunView | undefined)[], now: number): { lanes: (RaceLane | undefined)[]; longest: number } {
  const lanes = views.map((view) => (view ? laneOf(view, now) : undefined));
  return { lanes, longest: Math.max(SHORTEST_MS, ...lanes.map((lane) => lane?.total ?? 0)) };
}

function laneOf({ transcript, events }: RunView, now: number): RaceLane | undefined {
  if (!transcript.startedAt) return undefined;
  const begin = Date.parse(transcript.startedAt);
  const { stretches, firstWordAt } = placementOf(events);
  const over = transcript.done !== undefined;
  // The clock here may be behind the hub's: what the log says counts.
  const end = over ? Date.parse(transcript.lastAt ?? transcript.startedAt) : Math.max(now, Date.parse(transcript.lastAt ?? transcript.startedAt));
  const shown = stretches.map(({ kind, from, to }, at) => ({ kind, from: from - begin, to: (at === stretches.length - 1 ? end : to) - begin }));
  return { stretches: shown, firstWord: firstWordAt === undefined ? undefined : Date.parse(firstWordAt) - begin, total: end - begin, over };
}

const NICE = [1, 2, 5];

/** Marks of a scale: round times, a handful. */
export function marksOf(longest: number): number[] {
  const wanted = longest / 5;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = (NICE.find((nice) => nice * power >= wanted) ?? 10) * power;
  return Array.from({ length: Math.floor(longest / step) + 1 }, (_, n) => n * step);
}
