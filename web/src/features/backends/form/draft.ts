import type { HubProblem } from '@/api/problem';
import type { Backend, BackendChange, NewBackend, Platform, PlatformInfo } from '@/api/types';

/** What a person has filled in so far. */
export interface Draft {
  name: string;
  base_url: string;
  options: Record<string, unknown>;
  /** Secrets to set. Those that are stored and not named here stay. */
  secrets: Record<string, string>;
  /** Stored secrets to forget. */
  forget: readonly string[];
}

type Properties = Record<string, { default?: unknown }>;

const propertiesOf = (schema: unknown): Properties =>
  (schema as { properties?: Properties } | null | undefined)?.properties ?? {};

/** A name that no other backend has: `n8n`, then `n8n-2`. */
export function freeName(platform: Platform, taken: readonly string[]): string {
  const stem = platform.replace('_studio', '');
  const names = [stem, ...taken.map((_, at) => `${stem}-${at + 2}`)];
  return names.find((name) => !taken.includes(name)) ?? `${stem}-${taken.length + 2}`;
}

export const emptyDraft = (platform: Platform, taken: readonly string[]): Draft => ({
  name: freeName(platform, taken),
  base_url: '',
  options: {},
  secrets: {},
  forget: [],
});

export const draftOf = (backend: Backend): Draft => ({
  name: backend.name,
  base_url: backend.base_url,
  options: (backend.options ?? {}) as Record<string, unknown>,
  secrets: {},
  forget: [],
});

/** Options without those that say nothing: what is empty, and what is the default anyway. */
export function tidyOptions(options: Record<string, unknown>, schema: unknown): Record<string, unknown> {
  const properties = propertiesOf(schema);
  const says = ([name, value]: [string, unknown]) => {
    if (value === undefined || value === null || value === '') return false;
    return JSON.stringify(value) !== JSON.stringify(properties[name]?.default);
  };
  return Object.fromEntries(Object.entries(options).filter(says));
}

const tidySecrets = (secrets: Record<string, string>) =>
  Object.fromEntries(Object.entries(secrets).filter(([name, value]) => name !== '' && value !== ''));

export const newBackendOf = (platform: PlatformInfo, draft: Draft): NewBackend => ({
  name: draft.name.trim(),
  platform: platform.platform,
  base_url: draft.base_url.trim(),
  options: tidyOptions(draft.options, platform.options_schema),
  secrets: tidySecrets(draft.secrets),
});

/** What differs from what is stored; an empty text makes the hub forget a secret. */
export function changeOf(platform: PlatformInfo, backend: Backend, draft: Draft): BackendChange {
  const change: BackendChange = {};
  if (draft.name.trim() !== backend.name) change.name = draft.name.trim();
  if (draft.base_url.trim() !== backend.base_url) change.base_url = draft.base_url.trim();
  const options = tidyOptions(draft.options, platform.options_schema);
  const before = tidyOptions((backend.options ?? {}) as Record<string, unknown>, platform.options_schema);
  if (JSON.stringify(options) !== JSON.stringify(before)) change.options = options;
  const secrets = { ...Object.fromEntries(draft.forget.map((name) => [name, ''])), ...tidySecrets(draft.secrets) };
  if (Object.keys(secrets).length > 0) change.secrets = secrets;
  return change;
}

export const isUnchanged = (change: BackendChange): boolean => Object.keys(change).length === 0;

/** Which field a problem is about: `name`, `base_url`, `options/headers`, `secrets/api_key`; none: the whole. */
export function fieldOf(problem: HubProblem | undefined): string | undefined {
  const place = problem?.place?.replace(/^\//, '');
  return place && /^(name|base_url|options|secrets)(\/|$)/.test(place) ? place : undefined;
}
