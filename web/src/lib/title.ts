import { useEffect } from 'react';
import { createStore } from './store';

/** What the page that is shown is called. */
export const pageTitle = createStore('');

/** Names the page: in the browser's tab, and for those who hear the page when they come to it. */
export function useTitle(title: string | undefined): void {
  useEffect(() => {
    if (title !== undefined) pageTitle.set(title);
  }, [title]);
}
