import { describe, expect, it } from 'vitest';
import { find, listOf, NO_FILTER, tagsOf } from './find';
import { entryOf, obstacleOf } from './rows';
import { row } from './samples';

const rows = [
  row('Support agent', { tags: ['ai', 'prod'], streams: true }),
  row('Invoice reader', { tags: ['prod'] }),
  row('Überblick agent', { backend: 'flow', platform: 'flowise', description: 'Sums up the day' }),
  row('Nightly', { runnable: false }),
  row('Gone', { present: false }),
];
const names = (list: readonly { workflow: { name: string } }[]) => list.map((one) => one.workflow.name);

describe('finding workflows', () => {
  it('ranks the beginning of a name above its middle, and that above other words', () => {
    const few = [row('Deep invoice'), row('Reader', { description: 'reads an invoice' }), row('Invoice'), row('Subinvoice')];
    expect(names(find(few, { ...NO_FILTER, text: 'invoice' }))).toEqual(['Invoice', 'Deep invoice', 'Subinvoice', 'Reader']);
  });

  it('needs every word, wherever it is, whatever its accents', () => {
    expect(names(find(rows, { ...NO_FILTER, text: 'uberblick flow' }))).toEqual(['Überblick agent']);
    expect(find(rows, { ...NO_FILTER, text: 'agent nowhere' })).toEqual([]);
  });

  it('narrows by platform, tag and status', () => {
    expect(names(find(rows, { ...NO_FILTER, platform: 'flowise' }))).toEqual(['Überblick agent']);
    expect(names(find(rows, { ...NO_FILTER, tag: 'prod' }))).toEqual(['Invoice reader', 'Support agent']);
    expect(names(find(rows, { ...NO_FILTER, status: 'streams' }))).toEqual(['Support agent']);
    expect(names(find(rows, { ...NO_FILTER, status: 'blocked' }))).toEqual(['Gone', 'Nightly']);
  });

  it('shows favourites and recent ones first, each row once among them', () => {
    const [support, invoice] = [rows[0], rows[1]].map((one) => one?.workflow.id ?? '');
    const items = listOf(rows, NO_FILTER, [support ?? ''], [support ?? '', invoice ?? '', 'removed']);
    expect(items.slice(0, 4).map((item) => (item.kind === 'heading' ? item.heading : item.row.workflow.name))).toEqual(['favourites', 'Support agent', 'recent', 'Invoice reader']);
    expect(new Set(items.map((item) => item.key)).size).toBe(items.length);
    expect(listOf(rows, { ...NO_FILTER, text: 'agent' }, [support ?? ''], []).every((item) => item.kind === 'row')).toBe(true);
  });

  it('knows the tags, the most used first', () => {
    expect(tagsOf(rows)).toEqual(['prod', 'ai']);
  });
});

describe('what stands in the way', () => {
  it('is told in this order: switched off, gone, the platform', () => {
    expect(rows.map(obstacleOf)).toEqual([undefined, undefined, undefined, 'peer', 'gone']);
    expect(obstacleOf(row('x', { enabled: false, present: false }))).toBe('disabled');
  });

  it('takes the chosen way in, else the first that runs', () => {
    const { workflow } = row('x', { entries: [{ id: 'a', runnable: false }, { id: 'b' }, { id: 'c' }] });
    expect([entryOf(workflow)?.id, entryOf(workflow, 'c')?.id, entryOf(workflow, 'unknown')?.id]).toEqual(['b', 'c', 'b']);
  });
});
