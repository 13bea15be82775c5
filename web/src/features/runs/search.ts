/** What the address of the list of runs may hold. */
export interface RunsSearch {
  /** Name or id of a backend. */
  backend?: string;
}

export function runsSearch(search: Record<string, unknown>): RunsSearch {
  return { backend: typeof search.backend === 'string' ? search.backend : undefined };
}

/** What the address of a run may hold. */
export function runSearch(_search: Record<string, unknown>): Record<string, never> {
  return {};
}
