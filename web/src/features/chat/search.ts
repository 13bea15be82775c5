/** What the address of the chat may hold. */
export interface ChatSearch {
  /** A new conversation begins with this workflow chosen. */
  workflow?: string;
}

export function chatSearch(search: Record<string, unknown>): ChatSearch {
  return { workflow: typeof search.workflow === 'string' ? search.workflow : undefined };
}
