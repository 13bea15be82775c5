import { expect, it } from 'vitest';
import type { WorkflowRow } from '@/features/workflows';
import { EMPTY_CHAT_DRAFT } from '../state/drafts';
import { hindranceOf } from './obstacles';

const row = (id: string, entry: object, more: object = {}): WorkflowRow =>
  ({
    workflow: { id, name: id, present: true, runnable: true, entries: [{ id: 'in', kind: 'chat', name: 'In', auth: 'none', authorized: true, files: false, runnable: true, ...entry }], ...more },
    backend: { id: 'b', name: 'b', enabled: true },
  }) as unknown as WorkflowRow;

const rows = [row('chat', {}), row('files', { files: true }), row('form', { kind: 'form' }), row('broken', {}, { runnable: false }), row('path', { kind: 'webhook', url: 'http://n8n/webhook/:id' })];
const text = { ...EMPTY_CHAT_DRAFT, text: 'Hello' };
const why = (draft: typeof text, ...names: string[]) => hindranceOf(draft, names.map((workflow) => ({ workflow })), rows);

it('tells what keeps a message from being sent', () => {
  expect(why(text)).toEqual({ why: 'noTarget' });
  expect(why(text, 'chat')).toBeUndefined();
  expect(why(EMPTY_CHAT_DRAFT, 'chat')).toEqual({ why: 'empty' });
  expect(why(text, 'gone')).toMatchObject({ why: 'gone' });
  expect(why(text, 'chat', 'broken')).toEqual({ why: 'cannotRun', name: 'broken' });
  expect(why(text, 'form')).toEqual({ why: 'noText', name: 'form' });
  expect(why({ ...EMPTY_CHAT_DRAFT, data: { a: 1 } }, 'form')).toBeUndefined();
  expect(why(text, 'path')).toEqual({ why: 'fields', name: 'path' });
});

it('minds files', () => {
  const file = { key: 'k', field: 'f', file: {} as File };
  expect(why({ ...text, files: [file] }, 'files', 'chat')).toEqual({ why: 'noFiles', name: 'chat' });
  expect(why({ ...EMPTY_CHAT_DRAFT, files: [file] }, 'files')).toBeUndefined();
  const kept = [{ field: 'f', name: 'a', media_type: 'text/plain', size: 1, blob_id: 'b' }];
  expect(why({ ...EMPTY_CHAT_DRAFT, kept }, 'files')).toBeUndefined();
});
