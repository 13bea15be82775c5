import type { Platform } from '@/api/types';
import { entryOf, obstacleOf, type WorkflowRow } from './rows';

export type StatusFilter = 'any' | 'runnable' | 'blocked' | 'streams';

export interface Filter {
  text: string;
  platform: Platform | 'any';
  backend: string;
  tag: string;
  status: StatusFilter;
}

export const NO_FILTER: Filter = { text: '', platform: 'any', backend: '', tag: '', status: 'any' };

/** Lower case, without accents: `Überblick` is found by `uberblick`. */
const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** What a row is found by, the most telling first. Made once for each row. */
const words = new WeakMap<WorkflowRow, { name: string; more: string }>();
function wordsOf(row: WorkflowRow): { name: string; more: string } {
  const known = words.get(row);
  if (known) return known;
  const { workflow, backend } = row;
  const more = [backend.name, backend.platform, ...(workflow.tags ?? []), workflow.description ?? '', workflow.external_id];
  const made = { name: plain(workflow.name), more: plain(more.join(' ')) };
  words.set(row, made);
  return made;
}

/** How well a row fits; 0: not. Each word of the text must be found somewhere. */
function score(row: WorkflowRow, wanted: readonly string[]): number {
  const { name, more } = wordsOf(row);
  let sum = 1;
  for (const word of wanted) {
    const at = name.indexOf(word);
    if (at === 0) sum += 8;
    else if (at > 0) sum += /[\p{L}\p{N}]/u.test(name[at - 1] ?? '') ? 3 : 6;
    else if (more.includes(word)) sum += 1;
    else return 0;
  }
  return sum;
}

const fitsStatus = (row: WorkflowRow, status: StatusFilter): boolean => {
  if (status === 'any') return true;
  if (status === 'streams') return entryOf(row.workflow)?.streams === true;
  return (obstacleOf(row) === undefined) === (status === 'runnable');
};

/** Rows that fit, the best first; without words by backend and name, what can be run first. */
export function find(rows: readonly WorkflowRow[], filter: Filter): WorkflowRow[] {
  const wanted = plain(filter.text).split(/\s+/).filter(Boolean);
  const fitting = rows.flatMap((row) => {
    const { workflow, backend } = row;
    const fits =
      (filter.platform === 'any' || backend.platform === filter.platform) &&
      (filter.backend === '' || backend.id === filter.backend) &&
      (filter.tag === '' || (workflow.tags ?? []).includes(filter.tag)) &&
      fitsStatus(row, filter.status);
    const rank = fits ? score(row, wanted) : 0;
    return rank > 0 ? [{ row, rank }] : [];
  });
  fitting.sort((a, b) => {
    if (a.rank !== b.rank) return b.rank - a.rank;
    const runnable = Number(obstacleOf(a.row) !== undefined) - Number(obstacleOf(b.row) !== undefined);
    return a.row.backend.name.localeCompare(b.row.backend.name) || runnable || a.row.workflow.name.localeCompare(b.row.workflow.name);
  });
  return fitting.map(({ row }) => row);
}

export type ListItem = { kind: 'heading'; key: string; label: string; heading: 'favourites' | 'recent' | 'backend' } | { kind: 'row'; key: string; row: WorkflowRow };

/** The list as it is shown: favourites and what was used lately on top, then by backend; when searching, only what fits. */
export function listOf(rows: readonly WorkflowRow[], filter: Filter, favourites: readonly string[], recent: readonly string[]): ListItem[] {
  const fitting = find(rows, filter);
  if (filter.text.trim() !== '') return fitting.map((row) => ({ kind: 'row', key: row.workflow.id, row }));
  const byId = new Map(fitting.map((row) => [row.workflow.id, row]));
  const section = (heading: 'favourites' | 'recent', ids: readonly string[]): ListItem[] => {
    const known = ids.flatMap((id) => byId.get(id) ?? []);
    if (known.length === 0) return [];
    return [{ kind: 'heading', key: heading, label: '', heading }, ...known.map((row): ListItem => ({ kind: 'row', key: `${heading}/${row.workflow.id}`, row }))];
  };
  const items = [...section('favourites', favourites), ...section('recent', recent.filter((id) => !favourites.includes(id)))];
  let backend = '';
  for (const row of fitting) {
    if (row.backend.id !== backend) items.push({ kind: 'heading', key: row.backend.id, label: row.backend.name, heading: 'backend' });
    backend = row.backend.id;
    items.push({ kind: 'row', key: row.workflow.id, row });
  }
  return items;
}

/** All tags, the most used first. */
export function tagsOf(rows: readonly WorkflowRow[]): string[] {
  const counts = new Map<string, number>();
  for (const { workflow } of rows) for (const tag of workflow.tags ?? []) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts].sort(([a, n], [b, m]) => m - n || a.localeCompare(b)).map(([tag]) => tag);
}
