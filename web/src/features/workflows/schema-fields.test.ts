import { expect, it } from 'vitest';
import { fieldsOf } from './schema-fields';

it('tells the fields of a schema in a line each', () => {
  const schema = {
    type: 'object',
    required: ['name'],
    properties: {
      name: { type: 'string', title: 'Your name', description: 'As in the passport' },
      size: { enum: ['small', 'large'] },
      when: { type: ['string', 'null'], format: 'date' },
      tags: { type: 'array', items: { type: 'string' } },
      any: {},
    },
  };
  expect(fieldsOf(schema)).toEqual([
    { name: 'name', type: 'string', required: true, description: 'Your name · As in the passport' },
    { name: 'size', type: '"small" | "large"', required: false },
    { name: 'when', type: 'string | null (date)', required: false },
    { name: 'tags', type: 'string[]', required: false },
    { name: 'any', type: '', required: false },
  ]);
  expect([null, 'x', {}, { properties: [] }].flatMap(fieldsOf)).toEqual([]);
});
