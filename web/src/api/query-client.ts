import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { createStore } from '@/lib/store';
import { asProblem } from './problem';

/** Whether the hub knows this browser. `false` shows the page that explains how to sign in. */
export const signedIn = createStore(true);

const watch = (error: unknown) => {
  if (asProblem(error).code === 'unauthenticated') signedIn.set(false);
};

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: watch }),
  mutationCache: new MutationCache({ onError: watch }),
  defaultOptions: {
    queries: {
      // News say when something is stale; a look at the page need not ask again.
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      retry: (count, error) => asProblem(error).passes && count < 20,
      retryDelay: (attempt) => Math.min(500 * 2 ** attempt, 8000),
    },
    mutations: { retry: false },
  },
});
