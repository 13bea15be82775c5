import { expect, it } from 'vitest';
import { titleOf } from './title';

it('makes a title of the first words, else of what goes in', () => {
  const none = { text: '', data: undefined, files: [] };
  expect(titleOf({ ...none, text: '  Where is\n my parcel? ' })).toBe('Where is my parcel?');
  expect(titleOf({ ...none, data: { name: 'Ada', count: 2, gift: true } })).toBe('Ada, 2');
  expect(titleOf({ ...none, files: [{ key: '', field: 'f', file: { name: 'a.pdf' } as File }] })).toBe('a.pdf');
  expect(titleOf(none)).toBe('');
  const long = titleOf({ ...none, text: 'word '.repeat(40) });
  expect(long.length).toBeLessThanOrEqual(81);
  expect(long.endsWith('word…')).toBe(true);
  expect(titleOf({ ...none, text: 'x'.repeat(200) })).toHaveLength(81);
});
