import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo, useRef, useState } from 'react';
import type { RunSearch, TraceView } from '../search';

/** Browsers refuse an address that changes as fast as a held arrow key. */
const CALM_MS = 150;

/** What is chosen, in every view the same. */
export interface Selection {
  view: TraceView;
  step: string | undefined;
  event: number | undefined;
  /** Chooses a step, an event, or with nothing the run itself. */
  choose: (step: string | undefined, event?: number) => void;
  show: (view: TraceView) => void;
}

/** The choice as the address has it; the page is ahead of the address by a moment. */
export function useSelection(): Selection {
  const search = useSearch({ from: '/runs/$id' });
  const navigate = useNavigate({ from: '/runs/$id' });
  const [ahead, setAhead] = useState<RunSearch>();
  const pending = useRef<{ change: RunSearch; timer: ReturnType<typeof setTimeout> }>(undefined);

  const write = useCallback(
    (more: RunSearch) => {
      clearTimeout(pending.current?.timer);
      const change = { ...pending.current?.change, ...more };
      const timer = setTimeout(() => {
        pending.current = undefined;
        void navigate({ search: (before) => ({ ...before, ...change }), replace: true }).then(() => {
          if (!pending.current) setAhead(undefined);
        });
      }, CALM_MS);
      pending.current = { change, timer };
      setAhead(change);
    },
    [navigate],
  );
  const choose = useCallback((step: string | undefined, event?: number) => write({ step, event }), [write]);
  const show = useCallback((view: TraceView) => write({ view }), [write]);

  const { view = 'tree', step, event } = { ...search, ...ahead };
  return useMemo(() => ({ view, step, event, choose, show }), [view, step, event, choose, show]);
}
