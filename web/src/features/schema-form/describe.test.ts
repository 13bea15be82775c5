import { expect, it } from 'vitest';
import { describe, type SchemaNode } from './describe';

const outline = (node: SchemaNode): unknown[] => node.children.map((child) => [child.name ?? child.part, child.types.join('|'), child.required, ...outline(child)]);

it('reads names, types and what must be there', () => {
  const node = describe({
    type: 'object',
    required: ['a'],
    properties: { a: { type: 'string' }, b: { anyOf: [{ type: 'integer', minimum: 1 }, { type: 'null' }] }, c: { type: 'array', items: { enum: ['x', 'y'] } } },
  });
  expect(outline(node)).toEqual([
    ['a', 'string', true],
    ['b', 'integer|null', false],
    ['c', 'array', false, ['entry', 'string', false]],
  ]);
  expect(node.children[1]?.facts).toEqual([['minimum', '1']]);
});

it('ends where a reference comes round again', () => {
  const node = describe({ $ref: '#/$defs/N', $defs: { N: { type: 'object', properties: { next: { $ref: '#/$defs/N' } } } } });
  expect(outline(node)).toEqual([['next', '', false]]);
  expect(node.children[0]?.part).toBe('again');
});

it('tells the forms of a union, and constants as choices', () => {
  const node = describe({ type: 'object', properties: { u: { oneOf: [{ title: 'A', type: 'string' }, { type: 'number' }] }, e: { oneOf: [{ const: 1 }, { const: 2 }] } } });
  expect(outline(node)).toEqual([
    ['u', '', false, ['option', 'string', false], ['option', 'number', false]],
    ['e', '', false],
  ]);
  expect(node.children[1]?.facts).toEqual([['one of', '1, 2']]);
});

it.each([[{ $ref: '#' }], [{ allOf: [{ $ref: '#' }] }], ['text'], [null], [{ properties: { a: 7 } }]])('survives %j', (schema) => {
  expect(() => describe(schema)).not.toThrow();
});
