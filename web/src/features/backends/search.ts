/** What the address of the list of backends may hold. */
export function backendsSearch(_search: Record<string, unknown>): Record<string, never> {
  return {};
}
