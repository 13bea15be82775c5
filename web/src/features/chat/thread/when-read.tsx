import { useEffect } from 'react';
import { useRuns } from '../compare/use-runs';

/** A log that is not there by then is drawn when it comes. */
const PATIENCE_MS = 1200;

/** Tells when the logs of these runs have been read, so that a conversation can be drawn whole at once. */
export function WhenRead({ ids, onRead }: { ids: readonly string[]; onRead: () => void }) {
  const views = useRuns(ids);
  const read = views.every((view) => view === undefined || view.phase !== 'loading');
  useEffect(() => {
    const timer = setTimeout(onRead, read ? 0 : PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [read, onRead]);
  return null;
}
