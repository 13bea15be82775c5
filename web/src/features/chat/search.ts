/** What the address of the chat may hold. */
export interface ChatSearch {
  /** Begins a chat with this workflow. */
  workflow?: string;
  /** Shows the turn of this run. */
  run?: string;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

export function chatSearch(search: Record<string, unknown>): ChatSearch {
  return { workflow: text(search.workflow), run: text(search.run) };
}
