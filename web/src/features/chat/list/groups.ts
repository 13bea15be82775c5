import type { Conversation } from '@/api/types';

export type GroupKey = 'today' | 'yesterday' | 'week' | 'month' | 'older';

export interface Group {
  key: GroupKey;
  items: Conversation[];
}

const DAY = 86_400_000;

/** Conversations by when something was last said in them, by the days of this browser. */
export function grouped(conversations: readonly Conversation[], now: number): Group[] {
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  const keyOf = (at: number): GroupKey => {
    if (at >= midnight) return 'today';
    // A day is not always 24 hours long.
    if (at >= new Date(midnight - DAY / 2).setHours(0, 0, 0, 0)) return 'yesterday';
    if (at >= midnight - 6.5 * DAY) return 'week';
    return at >= midnight - 29.5 * DAY ? 'month' : 'older';
  };
  const groups: Group[] = [];
  for (const conversation of conversations) {
    const key = keyOf(Date.parse(conversation.updated_at));
    const last = groups.at(-1);
    if (last?.key === key) last.items.push(conversation);
    else groups.push({ key, items: [conversation] });
  }
  return groups;
}
