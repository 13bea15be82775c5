import { expect, it } from 'vitest';
import { opened, previewOf } from './preview';

it('tells a value in a line', () => {
  expect(previewOf({ city: 'Berlin', days: 3, deep: { a: { b: 1 } }, list: [1, [2]] })).toBe('city: Berlin, days: 3, deep: a: {…}, list: 1, [1]');
  expect(previewOf('{"city":"Berlin"}')).toBe('city: Berlin');
  expect(previewOf('plain\n text')).toBe('plain text');
  expect(previewOf([1, 2, 3, 4, 5])).toBe('1, 2, 3, 4, …');
  expect([null, undefined, '', {}].map(previewOf)).toEqual(['', '', '', '']);
  expect(previewOf('x'.repeat(500))).toHaveLength(161);
});

it('opens JSON in a string', () => {
  expect(opened('[1]')).toEqual([1]);
  expect(opened('{broken')).toBe('{broken');
  expect(opened(7)).toBe(7);
});
