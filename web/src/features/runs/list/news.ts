import type { Run, RunStatus, Schemas } from '@/api/types';

/** What the hub can narrow the list by. */
export interface ListFilter {
  status: readonly RunStatus[] | undefined;
  backend: string | undefined;
  workflow: string | undefined;
  text: string | undefined;
}

export type RunPages = readonly Schemas['Page_Run'][];

const fits = (run: Run, { status, backend, workflow, text }: ListFilter): boolean =>
  (!status || status.includes(run.status)) &&
  (backend === undefined || run.backend_id === backend) &&
  (workflow === undefined || run.workflow_id === workflow) &&
  (text === undefined || has(run, text.toLowerCase()));

/** Where the hub looks for a text too. */
function has(run: Run, text: string): boolean {
  const where = [run.workflow_name, run.input.text, run.input.data === undefined ? '' : JSON.stringify(run.input.data), run.done?.reason, run.id, run.external_id];
  return where.some((one) => one?.toLowerCase().includes(text));
}

/** The pages after news of a run: it is replaced, comes in at its place, or goes. Ids are in the order of time. */
export function withNews<Pages extends RunPages>(pages: Pages, run: Run, filter: ListFilter): Pages {
  const wanted = fits(run, filter);
  const placeIn = (page: Schemas['Page_Run']) => page.items.findIndex(({ id }) => id <= run.id);
  const of = pages.findIndex((page) => placeIn(page) >= 0);
  return pages.map((page, n) => {
    // Older than all that is loaded: it comes with the next page, unless there is none.
    const isEnd = of < 0 && n === pages.length - 1 && page.next == null;
    if (n !== of && !isEnd) return page;
    const at = isEnd ? page.items.length : placeIn(page);
    const known = page.items[at]?.id === run.id;
    return known || wanted ? { ...page, items: page.items.toSpliced(at, known ? 1 : 0, ...(wanted ? [run] : [])) } : page;
  }) as unknown as Pages;
}

/** The pages without a run. */
export const withoutRun = <Pages extends RunPages>(pages: Pages, id: string): Pages =>
  pages.map((page) => ({ ...page, items: page.items.filter((run) => run.id !== id) })) as unknown as Pages;

/** What only the page can narrow the list by: a tool call is a run without a workflow; its name is the tool's. */
export const isCallOf = (run: Run, tool: string): boolean => run.workflow_id == null && run.workflow_name === tool;

/** Milliseconds that a run took; absent while it goes on. */
export function tookOf({ done, created_at, ended_at }: Run): number | undefined {
  return done?.duration_ms ?? (ended_at == null ? undefined : Math.max(0, Date.parse(ended_at) - Date.parse(created_at)));
}
