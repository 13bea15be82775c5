/** What the address of the chat may hold. */
export function chatSearch(_search: Record<string, unknown>): Record<string, never> {
  return {};
}
