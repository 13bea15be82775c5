import { expect, it } from 'vitest';
import { countOf, inOrder, itemKey } from './order';
import type { InboxItem } from './query';

const question = (id: string, asked_at: string, expires_at?: string) =>
  ({ kind: 'question', run: { id }, backend: 'b', question: { request_id: `q-${id}`, kind: 'text', prompt: '', expires_at }, asked_at }) as InboxItem;

const items: InboxItem[] = [
  question('old', '2026-01-01T00:00:00Z'),
  question('late', '2026-01-02T00:00:00Z', '2026-01-09T00:00:00Z'),
  { kind: 'sign_in', backend_id: 'b', backend: 'b', asked_at: '2026-01-03T00:00:00Z' },
  question('soon', '2026-01-01T12:00:00Z', '2026-01-04T00:00:00Z'),
];

it('puts first what expires first, then the newest', () => {
  expect(inOrder(items).map(itemKey)).toEqual(['soon q-soon', 'late q-late', 'sign-in b', 'old q-old']);
});

it('counts by kind', () => {
  expect(countOf(items, 'question')).toBe(3);
  expect(countOf(items, 'tool_changed')).toBe(0);
});
