import { useSyncExternalStore } from 'react';

/** One clock for all that show an age or a running time. It stands while nobody looks. */
function clock(everyMs: number) {
  let now = Date.now();
  let timer: ReturnType<typeof setInterval> | undefined;
  const listeners = new Set<() => void>();
  const tick = () => {
    now = Date.now();
    for (const listener of [...listeners]) listener();
  };
  return {
    get: () => now,
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      if (listeners.size === 1) {
        now = Date.now();
        timer = setInterval(tick, everyMs);
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) clearInterval(timer);
      };
    },
  };
}

const slow = clock(10_000);
const fast = clock(100);

/** The time, to show ages by; moves on every ten seconds, or every tenth of one. */
export function useNow(pace: 'slow' | 'fast' = 'slow'): number {
  const { subscribe, get } = pace === 'slow' ? slow : fast;
  return useSyncExternalStore(subscribe, get);
}
