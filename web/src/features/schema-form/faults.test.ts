import fc from 'fast-check';
import { expect, it } from 'vitest';
import { errorTree, faultsBelow, faultsOf, stillThere } from './faults';
import { placeOfError } from './json-text';
import { at, pointerOf, pointerSteps } from './resolve';

it('reads and writes JSON pointers', () => {
  expect(pointerSteps('/a~1b/0/~0c')).toEqual(['a/b', '0', '~c']);
  expect(pointerOf(['a/b', 0, '~c'])).toBe('/a~1b/0/~0c');
  expect(at({ 'a/b': [{ '~c': 7 }] }, pointerSteps('/a~1b/0/~0c'))).toBe(7);
  expect(at({}, ['toString'])).toBeUndefined();
});

it('makes a tree in the shape of the value', () => {
  const tree = errorTree([
    { place: '', message: 'all' },
    { place: '/a/0/b', message: 'one' },
    { place: '/a/0/b', message: 'two' },
  ]);
  expect(tree).toEqual({ __errors: ['all'], a: { 0: { b: { __errors: ['one', 'two'] } } } });
});

it('takes the faults of a problem and those below a place', () => {
  const problem = { faults: [{ place: '/options/a', message: 'x' }, { place: '/name', message: 'y' }, { nothing: true }] };
  expect(faultsBelow(faultsOf(problem), '/options')).toEqual([{ place: '/a', message: 'x' }]);
  expect(faultsOf(new Error('no'))).toEqual([]);
});

it('drops a fault when its place has changed', () => {
  const faults = [
    { place: '/a', message: 'x' },
    { place: '/b', message: 'y' },
  ];
  expect(stillThere(faults, { a: 1, b: [1] }, { a: 2, b: [1] })).toEqual([faults[1]]);
});

it.each([
  ['{\n  "a": x\n}', 2, 8],
  ['{"a": ', 1, 6],
  ['[1, 2,]', 1, 7],
  ['{"a" 1}', 1, 6],
  ['[01]', 1, 2],
  ['{"a": "b\n"}', 1, 7],
  ['{} {}', 1, 4],
  ["{'a': 1}", 1, 2],
  ['[}', 1, 2],
])('tells where %s breaks', (text, line, column) => {
  expect(() => JSON.parse(text) as unknown).toThrow();
  expect(placeOfError(text)).toEqual({ line, column });
});

it('finds nothing wrong with JSON', () => {
  fc.assert(fc.property(fc.json(), (text) => placeOfError(text) === undefined));
  expect(placeOfError('['.repeat(100_000) + ']'.repeat(100_000))).toBeUndefined();
});

it('finds something wrong exactly where the browser does', () => {
  const isJson = (text: string) => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };
  const piece = fc.constantFrom('{', '}', '[', ']', ',', ':', '"a"', '"', '1', '-', '0.5', '1e3', 'true', 'null', ' ', '\n', 'x', '\\');
  fc.assert(fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => (placeOfError(pieces.join('')) === undefined) === isJson(pieces.join(''))), { numRuns: 2000 });
});
