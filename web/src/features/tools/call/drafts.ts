import { useEffect, useState } from 'react';

/** What was filled in for a tool, as long as the page is open. */
const drafts = new Map<string, unknown>();

export const keepDraft = (tool: string, value: unknown): void => void drafts.set(tool, value);

/** The arguments of a tool in the making: still there when one comes back to it. */
export function useDraft(tool: string): [unknown, (value: unknown) => void] {
  const [value, setValue] = useState<unknown>(() => drafts.get(tool));
  useEffect(() => keepDraft(tool, value), [tool, value]);
  return [value, setValue];
}
