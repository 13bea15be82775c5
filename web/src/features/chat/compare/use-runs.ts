import { useCallback, useRef, useSyncExternalStore } from 'react';
import type { RunView } from '@/api/events';
import { runStore } from '@/api/events/use-run';

/** Several runs at once, in their order. The list is a new one only when one of them changed. */
export function useRuns(ids: readonly (string | undefined)[]): readonly (RunView | undefined)[] {
  const key = ids.join(' ');
  const kept = useRef<readonly (RunView | undefined)[]>([]);
  const subscribe = useCallback(
    (listener: () => void) => {
      const leave = key.split(' ').flatMap((id) => (id ? [runStore(id).subscribe(listener)] : []));
      return () => leave.forEach((one) => one());
    },
    [key],
  );
  const get = useCallback(() => {
    const now = key.split(' ').map((id) => (id ? runStore(id).get() : undefined));
    const same = now.length === kept.current.length && now.every((view, at) => view === kept.current[at]);
    if (!same) kept.current = now;
    return kept.current;
  }, [key]);
  return useSyncExternalStore(subscribe, get);
}
