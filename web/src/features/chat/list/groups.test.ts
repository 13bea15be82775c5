import { expect, it } from 'vitest';
import type { Conversation } from '@/api/types';
import { grouped } from './groups';

const now = new Date(2026, 10, 25, 15, 0).getTime();
const ago = (days: number, hours = 0): Conversation => {
  const at = new Date(2026, 10, 25 - days, 15 - hours, 0);
  return { id: `${days}-${hours}`, title: `Chat of ${days}`, created_at: at.toISOString(), updated_at: at.toISOString() };
};

it('groups by days, in the order of the list', () => {
  const list = [ago(0), ago(0, 14), ago(1), ago(1, 14), ago(3), ago(6), ago(12), ago(45), ago(400)];
  expect(grouped(list, now).map(({ key, items }) => [key, items.length])).toEqual([
    ['today', 2],
    ['yesterday', 2],
    ['week', 2],
    ['month', 1],
    ['older', 2],
  ]);
});
