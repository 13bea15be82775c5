/** What the address of the list of runs may hold. */
export function runsSearch(_search: Record<string, unknown>): Record<string, never> {
  return {};
}

/** What the address of a run may hold. */
export function runSearch(_search: Record<string, unknown>): Record<string, never> {
  return {};
}
