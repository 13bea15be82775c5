/** What the address of the list of tools may hold. */
export function toolsSearch(_search: Record<string, unknown>): Record<string, never> {
  return {};
}

/** What the address of a tool may hold. */
export function toolSearch(_search: Record<string, unknown>): Record<string, never> {
  return {};
}
