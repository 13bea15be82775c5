import { expect, it } from 'vitest';
import { fromLocal, toLocal } from './moments';

it('comes back to the same moment', () => {
  const moment = '2026-03-04T05:06:07Z';
  expect(new Date(fromLocal(toLocal(moment))).toISOString()).toBe('2026-03-04T05:06:07.000Z');
});

it('is empty for what is no moment', () => {
  expect(toLocal('soon')).toBe('');
  expect(fromLocal('')).toBe('');
});
