import { useEffect, useMemo, useState } from 'react';
import type { StreamEvent } from '@/api/types';
import { LogRows, type LogFilter, type LogRow } from './log-rows';

/** A slice of work that leaves the frame enough time to be drawn. */
const BUDGET_MS = 5;

export interface FoundRows {
  rows: readonly LogRow[];
  /** How many there are; `rows` grows in place. */
  count: number;
  /** Events that were looked at so far. */
  read: number;
}

/** The lines that pass a filter, found without ever holding up the page. */
export function useLogRows(events: readonly StreamEvent[], count: number, filter: LogFilter): FoundRows {
  const log = useMemo(() => new LogRows(events, filter), [events, filter]);
  const [found, setFound] = useState<FoundRows & { log: LogRows }>(() => ({ log, rows: log.rows, count: 0, read: 0 }));
  useEffect(() => {
    let frame = 0;
    const look = () => {
      const done = log.advance(count, BUDGET_MS);
      setFound({ log, rows: log.rows, count: log.rows.length, read: log.read });
      if (!done) frame = requestAnimationFrame(look);
    };
    frame = requestAnimationFrame(look);
    return () => cancelAnimationFrame(frame);
  }, [log, count]);
  return found.log === log ? found : { rows: log.rows, count: log.rows.length, read: log.read };
}
