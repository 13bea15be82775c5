import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, body } from '@/api/client';
import { keys } from '@/api/queries';
import type { Schemas } from '@/api/types';

export type ToolView = Schemas['ToolView'];
export type Resource = Schemas['Page_Offered_ResourceInfo']['items'][number];
export type Template = Schemas['Page_Offered_ResourceTemplateInfo']['items'][number];
export type Prompt = Schemas['Page_Offered_PromptInfo']['items'][number];

interface Narrowed {
  q?: string;
  backend?: string;
}

/** Tools, page by page: there may be a hundred thousand. */
export const toolPages = (filter: Narrowed & { status?: Schemas['ToolStatus'] }) =>
  infiniteQueryOptions({
    queryKey: [...keys.tools, 'pages', filter],
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: { next?: string | null }) => page.next ?? undefined,
    queryFn: ({ signal, pageParam }) => body(api.GET('/api/v1/tools', { params: { query: { ...filter, cursor: pageParam } }, signal })),
    placeholderData: (before) => before,
  });

// News of a catalogue make all that begins with the key of tools stale: what a server offers beside them belongs to it.

export const resourcesQuery = (filter: Narrowed) =>
  queryOptions({
    queryKey: [...keys.tools, 'resources', filter],
    queryFn: async ({ signal }) => (await body(api.GET('/api/v1/resources', { params: { query: filter }, signal }))).items,
    placeholderData: (before) => before,
  });

export const templatesQuery = (filter: Narrowed) =>
  queryOptions({
    queryKey: [...keys.tools, 'templates', filter],
    queryFn: async ({ signal }) => (await body(api.GET('/api/v1/resource-templates', { params: { query: filter }, signal }))).items,
    placeholderData: (before) => before,
  });

export const promptsQuery = (filter: Narrowed) =>
  queryOptions({
    queryKey: [...keys.tools, 'prompts', filter],
    queryFn: async ({ signal }) => (await body(api.GET('/api/v1/prompts', { params: { query: filter }, signal }))).items,
    placeholderData: (before) => before,
  });

export async function complete(backend: string, what: { prompt?: string; uri_template?: string }, argument: string, value: string, context: Record<string, string>, signal: AbortSignal) {
  return body(api.POST('/api/v1/backends/{id}/complete', { params: { path: { id: backend } }, body: { ...what, argument, value, context }, signal }));
}
