import { describe, expect, it } from 'vitest';
import { initialOf } from './initial';
import { alternativeOf, matches } from './matches';
import { prepare } from './prepare';
import { isRecord, type JsonSchema } from './schema';

const drawn = (schema: unknown) => prepare(schema).schema as JsonSchema;
const properties = (schema: JsonSchema) => schema.properties as Record<string, JsonSchema>;

describe('prepare', () => {
  it('fills in references, also to anchors and escaped names, with what stands beside them', () => {
    const schema = drawn({
      type: 'object',
      properties: { a: { $ref: '#/$defs/A~1B', title: 'Mine' }, b: { $ref: '#place' } },
      $defs: { 'A/B': { type: 'string', title: 'Theirs', maxLength: 3 }, Place: { $anchor: 'place', type: 'integer' } },
    });
    expect(properties(schema).a).toMatchObject({ type: 'string', title: 'Mine', maxLength: 3 });
    expect(properties(schema).b).toMatchObject({ type: 'integer' });
  });

  it('never looks outside the document', () => {
    const { ui } = prepare({ type: 'object', properties: { a: { $ref: 'https://elsewhere.example/x.json' } } });
    expect(ui.a).toMatchObject({ 'ui:field': 'json' });
  });

  it('cuts what comes round again, in the form of JSON fields', () => {
    const node = { type: 'object', properties: { next: { $ref: '#/$defs/Node' }, all: { type: 'array', items: { $ref: '#/$defs/Node' } } } };
    const { schema, ui } = prepare({ $ref: '#/$defs/Node', $defs: { Node: node } });
    expect(JSON.stringify(schema)).not.toContain('$ref');
    expect(JSON.stringify(ui)).toContain('"ui:field":"json"');
  });

  it.each([
    ['a reference to itself', { $ref: '#' }],
    ['two that name each other', { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } }],
    ['allOf of itself', { allOf: [{ $ref: '#' }] }],
    ['not a schema', 'text'],
    ['nothing', undefined],
  ])('survives %s', (_, schema) => {
    expect(prepare(schema).isRaw).toBe(true);
  });

  it('draws a bounded number of fields of a huge or deep schema', () => {
    const wide = { type: 'object', properties: Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`p${at}`, { type: 'object', properties: { a: { type: 'string' } } }])) };
    expect(JSON.stringify(prepare(wide).ui).split('"ui:widget"').length).toBeLessThan(700);
    let deep: JsonSchema = { type: 'string' };
    for (let level = 0; level < 200; level += 1) deep = { type: 'object', required: ['x'], properties: { x: deep } };
    expect(JSON.stringify(drawn(deep)).split('"properties"').length).toBeLessThan(12);
  });

  it('joins allOf in its order', () => {
    const schema = drawn({ allOf: [{ type: 'object', properties: { a: { type: 'string' } } }, { properties: { b: { type: 'number' } }, required: ['b'] }] });
    expect(Object.keys(properties(schema))).toEqual(['a', 'b']);
    expect(schema.required).toEqual(['b']);
  });

  it('draws what may be null as the plain field', () => {
    const schema = drawn({ type: 'object', properties: { a: { anyOf: [{ type: 'string' }, { type: 'null' }], default: null }, b: { type: ['integer', 'null'] }, c: { type: 'string', nullable: true } } });
    expect(Object.values(properties(schema)).map((one) => one.type)).toEqual([['string', 'null'], ['integer', 'null'], ['string', 'null']]);
  });

  it('names the forms of a union by title, reference or mark', () => {
    const schema = drawn({
      type: 'object',
      properties: { a: { oneOf: [{ $ref: '#/$defs/Circle' }, { title: 'Box', type: 'object', properties: { b: {} } }, { type: 'object', properties: { kind: { const: 'dot' } } }] } },
      $defs: { Circle: { type: 'object', properties: { r: { type: 'number' } } } },
    });
    const options = properties(schema).a?.anyOf as JsonSchema[];
    expect(options.map((one) => one.title)).toEqual(['Circle', 'Box', 'dot']);
  });

  it('keeps the order of properties', () => {
    const names = ['z', 'a', 'm', 'b'];
    const schema = drawn({ type: 'object', properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])) });
    expect(Object.keys(properties(schema))).toEqual(names);
  });

  it('chooses the field of a text', () => {
    const { ui } = prepare({
      type: 'object',
      properties: {
        key: { type: 'string', format: 'password' },
        token: { type: 'string', writeOnly: true },
        prompt: { type: 'string' },
        name: { type: 'string' },
        data: { type: 'string', contentEncoding: 'base64', contentMediaType: 'image/png' },
        page: { type: 'string', contentMediaType: 'text/html' },
      },
    });
    const widget = (name: string) => (isRecord(ui[name]) ? ui[name]['ui:widget'] : undefined);
    expect(['key', 'token', 'prompt', 'name', 'data', 'page'].map(widget)).toEqual(['password', 'password', 'textarea', 'text', 'file', 'textarea']);
  });
});

describe('initialOf', () => {
  const initial = (schema: unknown) => initialOf(drawn(schema));

  it('takes defaults and what must be there, and nothing else', () => {
    const schema = {
      type: 'object',
      required: ['must', 'flag', 'list', 'kind', 'inner'],
      properties: {
        must: { type: 'string' },
        flag: { type: 'boolean' },
        list: { type: 'array', items: { type: 'string' }, minItems: 2 },
        kind: { const: 'k' },
        inner: { type: 'object', properties: { a: { type: 'integer', default: 3 }, b: { type: 'integer' } } },
        maybe: { type: 'object', properties: { a: { type: 'integer', default: 3 } } },
        none: { anyOf: [{ type: 'string' }, { type: 'null' }], default: null },
        zero: { type: 'integer', default: 0 },
        off: { type: 'boolean', default: false },
      },
    };
    expect(initial(schema)).toEqual({ flag: false, list: ['', ''], kind: 'k', inner: { a: 3 }, zero: 0, off: false });
  });

  it('starts a union with its first form', () => {
    const schema = { oneOf: [{ type: 'object', required: ['kind'], properties: { kind: { const: 'a' } } }, { type: 'string' }] };
    expect(initial(schema)).toEqual({ kind: 'a' });
  });
});

describe('alternatives', () => {
  const options = [
    { type: 'object', required: ['kind', 'r'], properties: { kind: { const: 'circle' }, r: { type: 'number' } } },
    { type: 'object', required: ['kind', 'w'], properties: { kind: { const: 'box' }, w: { type: 'number' } } },
    { type: 'string' },
    { type: 'string', maxLength: 2 },
  ];

  it('finds the one that fits', () => {
    expect(alternativeOf(options, { kind: 'box', w: 1 }, 0)).toBe(1);
    expect(alternativeOf(options, 'x', 0)).toBe(2);
  });

  it('stays with the chosen one while it fits or is being filled in', () => {
    expect(alternativeOf(options, 'x', 3)).toBe(3);
    expect(alternativeOf(options, { kind: 'box' }, 1)).toBe(1);
    expect(alternativeOf(options, undefined, 2)).toBe(2);
  });

  it('sees by its mark what is not whole yet', () => {
    expect(alternativeOf(options, { kind: 'box' }, 0)).toBe(1);
  });

  it('does not try patterns', () => {
    expect(matches({ type: 'string', pattern: '^(a+)+$' }, `${'a'.repeat(60)}!`)).toBe(true);
  });
});
