import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, body } from '@/api/client';
import { keys } from '@/api/queries';
import type { Schemas } from '@/api/types';
import type { Report } from './model';

/** What is imported: a document, or a server of a registry in one of the ways that it can be had. */
export type Origin = { document: Schemas['ImportRequest'] } | { server: string; registry: string | undefined };

interface Wanted {
  origin: Origin;
  variables: Record<string, string>;
  /** What to add; absent: only tell what there is. */
  add?: readonly { name: string; way?: string | null }[];
}

/** Asks the hub what there is to import, and then to add it. */
export function useImport(onRead: (report: Report, origin: Origin) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ origin, variables, add }: Wanted): Promise<Report> => {
      const dry_run = add === undefined;
      if ('document' in origin) return body(api.POST('/api/v1/import', { body: { ...origin.document, variables, choose: add?.map(({ name }) => name), dry_run } }));
      return body(api.POST('/api/v1/registry/install', { body: { ...origin, variables, way: add?.[0]?.way, dry_run } }));
    },
    onSuccess: (report, { origin }) => {
      if (report.dry_run) onRead(report, origin);
      else void client.invalidateQueries({ queryKey: keys.backends });
    },
  });
}
