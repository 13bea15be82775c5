import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { runQuery } from '@/api/queries';

/** What was filled in for a tool, as long as the page is open. */
const drafts = new Map<string, unknown>();

export const keepDraft = (tool: string, value: unknown): void => void drafts.set(tool, value);

/** The arguments of a tool in the making: still there when one comes back to it, else those of the call that is shown. */
export function useDraft(tool: string, run: string | undefined): [unknown, (value: unknown) => void] {
  const [value, setValue] = useState<unknown>(() => drafts.get(tool));
  const { data: shown } = useQuery({ ...runQuery(run ?? ''), enabled: run !== undefined && !drafts.has(tool) });
  const [taken, setTaken] = useState(drafts.has(tool));
  if (!taken && shown?.tool_id === tool) {
    setTaken(true);
    setValue(shown.input.data);
  }
  useEffect(() => {
    if (taken) keepDraft(tool, value);
  }, [tool, value, taken]);
  const change = (next: unknown) => {
    setTaken(true);
    setValue(next);
  };
  return [value, change];
}
