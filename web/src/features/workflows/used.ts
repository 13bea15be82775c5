import { recall, remember } from '@/lib/storage';
import { createStore, useStore } from '@/lib/store';

// Favourites and what was used lately belong to this browser. Other tabs of it follow.

const MOST_RECENT = 8;

function keptList(key: string) {
  const read = (): readonly string[] => listIn(recall(key));
  const store = createStore(read());
  if (typeof window !== 'undefined') {
    window.addEventListener('storage', (event) => event.key === `jackfield.${key}` && store.set(read()));
  }
  const change = (to: (ids: readonly string[]) => readonly string[]) => {
    // Read again: another tab may have written since.
    const next = to(read());
    remember(key, JSON.stringify(next));
    store.set(next);
  };
  return { store, change };
}

export function listIn(text: string | null): readonly string[] {
  try {
    const value: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(value) ? value.filter((id) => typeof id === 'string') : [];
  } catch {
    return [];
  }
}

const favourites = keptList('workflows.favourites');
const recent = keptList('workflows.recent');

export const useFavourites = (): readonly string[] => useStore(favourites.store);
export const useRecent = (): readonly string[] => useStore(recent.store);

export const toggleFavourite = (id: string): void =>
  favourites.change((ids) => (ids.includes(id) ? ids.filter((one) => one !== id) : [...ids, id]));

/** A workflow was run from this browser. */
export const noteUse = (id: string): void => recent.change((ids) => [id, ...ids.filter((one) => one !== id)].slice(0, MOST_RECENT));
