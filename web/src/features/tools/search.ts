import type { Schemas } from '@/api/types';

const STATUSES = ['available', 'changed', 'quarantined', 'gone', 'backend_down', 'backend_disabled'] as const satisfies readonly Schemas['ToolStatus'][];

/** What narrows the list, the same at its own address and at that of a tool. */
export interface ToolsSearch {
  tab?: 'resources' | 'prompts';
  q?: string;
  backend?: string;
  status?: Schemas['ToolStatus'];
  /** The resource or prompt that is shown: `<backend>|<address or name>`. */
  item?: string;
}

export interface ToolSearch extends ToolsSearch {
  view?: 'about' | 'history';
  /** The call that is shown. */
  run?: string;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** What the address of the list of tools may hold. */
export function toolsSearch(search: Record<string, unknown>): ToolsSearch {
  return {
    tab: search.tab === 'resources' || search.tab === 'prompts' ? search.tab : undefined,
    q: text(search.q),
    backend: text(search.backend),
    status: STATUSES.find((status) => status === search.status),
    item: text(search.item),
  };
}

/** What the address of a tool may hold. */
export function toolSearch(search: Record<string, unknown>): ToolSearch {
  return {
    ...toolsSearch(search),
    view: search.view === 'about' || search.view === 'history' ? search.view : undefined,
    run: text(search.run),
  };
}
