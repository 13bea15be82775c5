import type { InboxItem } from './query';

export type Kind = InboxItem['kind'];

const expiry = (item: InboxItem): number => (item.kind === 'question' && item.question.expires_at ? Date.parse(item.question.expires_at) : Infinity);

/** What expires first comes first; the rest with the newest on top. */
export const inOrder = (items: readonly InboxItem[]): InboxItem[] =>
  items.toSorted((a, b) => {
    const [first, second] = [expiry(a), expiry(b)];
    return first === second ? Date.parse(b.asked_at) - Date.parse(a.asked_at) : first - second;
  });

/** Tells one thing that waits from another. */
export function itemKey(item: InboxItem): string {
  switch (item.kind) {
    case 'question':
      return `${item.run.id} ${item.question.request_id}`;
    case 'sign_in':
      return `sign-in ${item.backend_id}`;
    case 'tool_changed':
      return `tool ${item.tool_id}`;
  }
}

export const countOf = (items: readonly InboxItem[], kind: Kind): number => items.filter((item) => item.kind === kind).length;
