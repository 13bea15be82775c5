import { describe, expect, it } from 'vitest';
import { given, isComplete, proposed, toAdd, type Entry, type Report } from './model';

const entry = (name: string, status: Entry['status'], missing: string[] = []): Entry => ({
  name,
  original_name: name,
  status,
  transport: 'stdio',
  variables_missing: missing.map((variable) => ({ name: variable, secret: true })),
});

const report: Report = {
  format: 'cursor',
  dry_run: true,
  entries: [entry('a', 'ready'), entry('b', 'needs_variables', ['KEY']), entry('c', 'duplicate'), entry('d', 'unusable')],
};

describe('an import', () => {
  it('proposes what is ready and what lacks nothing but values', () => {
    expect([...proposed(report)]).toEqual(['a', 'b']);
  });

  it('adds only what is chosen and complete, duplicates when they are asked for', () => {
    const names = (chosen: string[], variables = {}) => toAdd(report, new Set(chosen), variables).map(({ name }) => name);
    expect(names(['a', 'b'])).toEqual(['a']);
    expect(names(['a', 'b'], { KEY: 'x' })).toEqual(['a', 'b']);
    expect(names(['c', 'd'])).toEqual(['c']);
  });

  it('tells the ways to one server apart', () => {
    const ways = { ...report, entries: ['remote', 'remote-2'].map((way, at) => ({ ...entry('x', at === 0 ? 'ready' : 'alternative'), way })) };
    expect([...proposed(ways)]).toEqual(['x remote']);
    expect(toAdd(ways, new Set(['x remote-2']), {}).map(({ way }) => way)).toEqual(['remote-2']);
  });

  it('takes an empty field for one that is not filled in', () => {
    expect(isComplete(report.entries[1] ?? entry('x', 'ready'), { KEY: '' })).toBe(false);
    expect(given({ KEY: '', HOST: 'h' })).toEqual({ HOST: 'h' });
  });
});
