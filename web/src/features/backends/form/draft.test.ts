import { describe, expect, it } from 'vitest';
import { HubProblem } from '@/api/problem';
import type { Backend, PlatformInfo } from '@/api/types';
import { changeOf, draftOf, emptyDraft, fieldOf, freeName, isUnchanged, newBackendOf } from './draft';

const platform = {
  platform: 'n8n',
  options_schema: {
    type: 'object',
    properties: { webhook_path: { type: 'string', default: 'webhook' }, only_active: { type: 'boolean', default: false }, headers: { default: {} } },
  },
} as unknown as PlatformInfo;

const backend = {
  id: 'b',
  name: 'home',
  platform: 'n8n',
  base_url: 'http://n8n.test',
  options: { webhook_path: 'hook' },
  secrets: ['api_key', 'jwt'],
} as unknown as Backend;

describe('the form of a backend', () => {
  it('proposes a name that is free', () => {
    expect(freeName('sim_studio', [])).toBe('sim');
    expect(freeName('n8n', ['n8n', 'n8n-2'])).toBe('n8n-3');
  });

  it('sends only what says something', () => {
    const draft = {
      ...emptyDraft('n8n', []),
      base_url: ' http://n8n.test ',
      options: { webhook_path: 'webhook', only_active: true, headers: {}, proxy: '', ca: null },
      secrets: { api_key: 'k', jwt: '' },
    };
    expect(newBackendOf(platform, draft)).toEqual({
      name: 'n8n',
      platform: 'n8n',
      base_url: 'http://n8n.test',
      options: { only_active: true },
      secrets: { api_key: 'k' },
    });
  });

  it('changes only what differs, and forgets secrets by an empty text', () => {
    const draft = draftOf(backend);
    expect(isUnchanged(changeOf(platform, backend, draft))).toBe(true);
    const changed = { ...draft, name: 'work', options: {}, secrets: { api_key: 'new' }, forget: ['jwt'] };
    expect(changeOf(platform, backend, changed)).toEqual({ name: 'work', options: {}, secrets: { api_key: 'new', jwt: '' } });
  });

  it('knows which field a problem is about', () => {
    const problem = (place: string | undefined) => new HubProblem('invalid_config', 400, 'x', { place });
    expect(fieldOf(problem('/options/zork'))).toBe('options/zork');
    expect(fieldOf(problem('/base_url'))).toBe('base_url');
    expect(fieldOf(problem('header:Host'))).toBeUndefined();
    expect(fieldOf(undefined)).toBeUndefined();
  });
});
