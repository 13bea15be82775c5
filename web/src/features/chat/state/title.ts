import type { RunDraft } from '@/features/workflows';

const LONGEST = 80;

/** The first words of what is said, else what goes in: the title of a new conversation. */
export function titleOf(draft: Pick<RunDraft, 'text' | 'data' | 'files'>): string {
  const text = draft.text.trim().replace(/\s+/g, ' ');
  const values = typeof draft.data === 'object' && draft.data !== null ? Object.values(draft.data).filter((value) => typeof value === 'string' || typeof value === 'number') : [];
  const title = text || values.join(', ') || draft.files.map(({ file }) => file.name).join(', ');
  if (title.length <= LONGEST) return title;
  const cut = title.slice(0, LONGEST);
  const space = cut.lastIndexOf(' ');
  return `${cut.slice(0, space > LONGEST / 2 ? space : LONGEST)}…`;
}
