import { useRouterState } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useStore } from '@/lib/store';
import { pageTitle } from '@/lib/title';

/** Names the page in the browser's tab, tells those who hear the page where they are, and gives a lost focus a place. */
export function Arrival() {
  const title = useStore(pageTitle);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const first = useRef(true);
  useEffect(() => {
    document.title = title ? `${title} · Jackfield` : 'Jackfield';
  }, [title]);
  useEffect(() => {
    // What had the focus may have gone with the page before.
    if (!first.current && document.activeElement === document.body) document.getElementById('main')?.focus();
    first.current = false;
  }, [path]);
  return (
    <div role="status" className="sr-only">
      {title}
    </div>
  );
}
