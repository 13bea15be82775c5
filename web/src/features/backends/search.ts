/** What the address of the list of backends may hold. */
export interface BackendsSearch {
  /** The dialog that adds one is open: `true` to choose a platform, or the platform. */
  add?: string;
  q?: string;
}

export function backendsSearch(search: Record<string, unknown>): BackendsSearch {
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
  return { add: search.add === true ? 'true' : text(search.add), q: text(search.q) };
}

const TABS = ['overview', 'workflows', 'tools', 'settings', 'guide'] as const;
export type BackendTab = (typeof TABS)[number];

/** What the address of a backend may hold. */
export function backendSearch(search: Record<string, unknown>): { tab?: BackendTab } {
  return { tab: TABS.find((tab) => tab === search.tab) };
}
