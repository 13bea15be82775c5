import { useSyncExternalStore } from 'react';
import { createStore } from '@/lib/store';

/** A part that is loaded when it is first needed; until then, and when it cannot be loaded, there is `undefined`. */
export function lazyModule<T>(load: () => Promise<T>): () => T | undefined {
  const store = createStore<{ loaded: T } | undefined>(undefined);
  let asked = false;
  const subscribe = (listener: () => void) => {
    if (!asked) {
      asked = true;
      load().then(
        (loaded) => store.set({ loaded }),
        () => (asked = false),
      );
    }
    return store.subscribe(listener);
  };
  return function useModule() {
    return useSyncExternalStore(subscribe, store.get)?.loaded;
  };
}
