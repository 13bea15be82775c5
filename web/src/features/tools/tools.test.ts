import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Schemas } from '@/api/types';
import { contentOf } from './call/content';
import { callLog } from './call/progress';
import { around, canonical, diffLines } from './detail/diff';
import { rowsOf } from './list/rows';
import { expand, variablesOf } from './offers/template';

describe('templates', () => {
  const values = { var: 'value', hello: 'Hello World!', path: '/foo/bar', x: '1024', y: '768', empty: '', half: '50%' };

  // Examples of RFC 6570, section 1.2.
  it.each([
    ['{var}', 'value'],
    ['{hello}', 'Hello%20World%21'],
    ['{half}', '50%25'],
    ['{+var}', 'value'],
    ['{+hello}', 'Hello%20World!'],
    ['{+path}/here', '/foo/bar/here'],
    ['here?ref={+path}', 'here?ref=/foo/bar'],
    ['X{#hello}', 'X#Hello%20World!'],
    ['map?{x,y}', 'map?1024,768'],
    ['{x,hello,y}', '1024,Hello%20World%21,768'],
    ['{+path,x}/here', '/foo/bar,1024/here'],
    ['X{.var}', 'X.value'],
    ['{/var,x}/here', '/value/1024/here'],
    ['{;x,y}', ';x=1024;y=768'],
    ['{?x,y}', '?x=1024&y=768'],
    ['?fixed=yes{&x}', '?fixed=yes&x=1024'],
    ['{var:3}', 'val'],
    ['{?x,none}', '?x=1024'],
    ['{none}', ''],
  ])('expands %s', (template, expected) => {
    expect(expand(template, values)).toBe(expected);
  });

  it('knows its variables, each once, and which may be left out', () => {
    expect(variablesOf('file:///{+path}{/sub*}{?lines:3,from,path}')).toEqual([
      { name: 'path', optional: false },
      { name: 'sub', optional: false },
      { name: 'lines', optional: true },
      { name: 'from', optional: true },
    ]);
    expect(variablesOf('plain')).toEqual([]);
  });
});

describe('differences', () => {
  const text = (kinds: string[], lines: ReturnType<typeof diffLines>) => lines.filter((line) => kinds.includes(line.kind)).map((line) => line.text).join('\n');

  it('leads from one text to the other', () => {
    const letters = fc.array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 14 }).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(letters, letters, (before, after) => {
        const lines = diffLines(before, after);
        expect(text(['same', 'removed'], lines)).toBe(before);
        expect(text(['same', 'added'], lines)).toBe(after);
      }),
      { numRuns: 500 },
    );
  });

  it('is short', () => {
    expect(diffLines('a\nb\nc', 'a\nx\nc')).toEqual([
      { kind: 'same', text: 'a' },
      { kind: 'removed', text: 'b' },
      { kind: 'added', text: 'x' },
      { kind: 'same', text: 'c' },
    ]);
  });

  it('does not mind the order of keys', () => {
    expect(canonical({ b: 1, a: [{ d: 1, c: 2 }] })).toBe(canonical({ a: [{ c: 2, d: 1 }], b: 1 }));
  });

  it('shows what is near to a change', () => {
    const numbers = Array.from({ length: 20 }, (_, at) => String(at));
    const parts = around(diffLines(numbers.join('\n'), numbers.map((one) => (one === '10' ? 'x' : one)).join('\n')), 2);
    expect(parts.map((part) => (part.kind === 'lines' ? part.lines.length : -part.count))).toEqual([-8, 6, -7]);
  });
});

describe('what a call gives', () => {
  const artifact = (name: string, more: Partial<Schemas['Artifact']> = {}) => ({ name, media_type: 'x/y', ...more });

  it('finds the bytes of each piece', () => {
    const content = [
      { type: 'text', text: 'one' },
      { type: 'image', mimeType: 'image/png' },
      { type: 'image', mimeType: 'image/png', data: '%' },
      { type: 'audio' },
      { type: 'resource', resource: { uri: 'a:b/c.md', text: '# c' } },
      { type: 'resource_link', uri: 'file:///a', name: 'a' },
      { type: 'hologram' },
      'junk',
    ];
    const artifacts = [artifact('image-2.png', { blob_id: '2' }), artifact('audio-4.wav', { blob_id: '4' }), artifact('c.md', { blob_id: '5' }), artifact('a', { url: 'file:///a' })];
    const pieces = contentOf({ content, structuredContent: { a: 1 } }, artifacts)?.pieces ?? [];
    expect(pieces.map((piece) => piece.kind)).toEqual(['text', 'media', 'media', 'media', 'resource', 'link', 'unknown', 'unknown']);
    expect(pieces.map((piece) => ('artifact' in piece ? piece.artifact?.blob_id : undefined))).toEqual([undefined, '2', undefined, '4', '5', undefined, undefined, undefined]);
  });

  it('tells an empty result from one that is no content', () => {
    expect(contentOf({ content: [] }, [])).toMatchObject({ pieces: [], hasStructured: false });
    expect(contentOf({ content: [], structuredContent: {} }, [])).toMatchObject({ hasStructured: true });
    expect(contentOf({ answer: 42 }, [])).toBeUndefined();
    expect(contentOf(undefined, [])).toBeUndefined();
    expect(contentOf([1], [])).toBeUndefined();
  });

  it('shows once what a server says as text and as structured content', () => {
    const said = (text: string) => contentOf({ content: [{ type: 'text', text }], structuredContent: { a: 1 } }, [])?.pieces.length;
    expect(said('{ "a": 1 }')).toBe(0);
    expect(said('{ "a": 2 }')).toBe(1);
    expect(said('a is 1')).toBe(1);
  });

  it('reads progress out of the log', () => {
    expect(callLog('starting\n[1/5] one\n[2/5] two [x]\nworking\n')).toEqual({ progress: { done: 2, total: 5, message: 'two [x]' }, lines: ['starting', '[1/5] one', '[2/5] two [x]', 'working'] });
    expect(callLog('[0.5]\n').progress).toEqual({ done: 0.5, total: undefined, message: undefined });
    expect(callLog('').progress).toBeUndefined();
  });
});

it('puts items under their servers, in order, whatever the order they come in', () => {
  const items = [
    { backend_id: 'b', backend: 'B', n: 1 },
    { backend_id: 'a', backend: 'A', n: 2 },
    { backend_id: 'b', backend: 'B', n: 3 },
  ];
  const rows = rowsOf(items, new Set(['a']));
  expect(rows.map((row) => (row.kind === 'server' ? `${row.name} ${row.count}` : row.item.n))).toEqual(['B 2', 1, 3, 'A 1']);
});
