const VIEWS = ['tree', 'waterfall', 'graph', 'log', 'raw'] as const;
const STATUSES = ['queued', 'running', 'waiting', 'recovering', 'succeeded', 'failed', 'cancelled', 'unknown'] as const;

export type TraceView = (typeof VIEWS)[number];

const isOf = <T extends string>(all: readonly T[], value: unknown): value is T => all.some((one) => one === value);
const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

export interface RunsSearch {
  status?: (typeof STATUSES)[number][];
  /** Name or id of a backend. */
  backend?: string;
  workflow?: string;
  tool?: string;
  q?: string;
  /** The dialog that starts one is open. */
  new?: true;
}

/** What the address of the list of runs may hold. */
export function runsSearch(search: Record<string, unknown>): RunsSearch {
  const wanted: unknown[] = Array.isArray(search.status) ? search.status : [search.status];
  const status = STATUSES.filter((one) => wanted.includes(one));
  return {
    status: status.length > 0 ? status : undefined,
    backend: text(search.backend),
    workflow: text(search.workflow),
    tool: text(search.tool),
    q: text(search.q),
    new: search.new === true || undefined,
  };
}

export interface RunSearch {
  view?: TraceView;
  /** The chosen step. */
  step?: string;
  /** The chosen event, by its number. */
  event?: number;
}

/** What the address of a run may hold. */
export function runSearch(search: Record<string, unknown>): RunSearch {
  const event = Number(search.event);
  return {
    view: isOf(VIEWS, search.view) ? search.view : undefined,
    step: text(search.step),
    event: Number.isSafeInteger(event) && event > 0 ? event : undefined,
  };
}
