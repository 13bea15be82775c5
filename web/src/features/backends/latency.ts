import type { Backend } from '@/api/types';
import { createStore, useStore } from '@/lib/store';

const KEEP = 40;

/** Latencies of the checks that this page has seen since it was opened, by backend. */
const seen = createStore<ReadonlyMap<string, readonly { at: string; ms: number }[]>>(new Map());

/** Takes down the latest check of each backend. */
export function noteLatencies(backends: readonly Backend[]): void {
  const next = new Map(seen.get());
  for (const { id, health } of backends) {
    const known = next.get(id) ?? [];
    if (health.checked_at == null || health.latency_ms == null || known.at(-1)?.at === health.checked_at) continue;
    next.set(id, [...known, { at: health.checked_at, ms: health.latency_ms }].slice(-KEEP));
  }
  seen.set(next);
}

const NONE: readonly { at: string; ms: number }[] = [];

export function useLatencies(backend: string): readonly number[] {
  return (useStore(seen).get(backend) ?? NONE).map(({ ms }) => ms);
}
