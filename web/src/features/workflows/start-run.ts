import { api, body } from '@/api/client';
import { queryClient } from '@/api/query-client';
import { keys } from '@/api/queries';
import type { Run } from '@/api/types';
import type { DraftFile, StartRun } from './run-input';
import { noteUse } from './used';

/** Starts a run, once. When it fails without an answer, nobody knows whether the hub has it: ask before trying again. */
export async function startRun(start: StartRun, files: readonly DraftFile[] = []): Promise<Run> {
  const run = await body(files.length === 0 ? api.POST('/api/v1/runs', { body: start }) : api.POST('/api/v1/runs', { body: start, bodySerializer: () => formOf(start, files) }));
  queryClient.setQueryData(keys.run(run.id), run);
  if (run.workflow_id) noteUse(run.workflow_id);
  return run;
}

function formOf(start: StartRun, files: readonly DraftFile[]): FormData {
  const form = new FormData();
  form.set('run', JSON.stringify(start));
  for (const { field, file } of files) form.append(field || 'file', file, file.name);
  return form;
}
