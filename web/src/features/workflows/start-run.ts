import { api, body } from '@/api/client';
import { queryClient } from '@/api/query-client';
import { keys } from '@/api/queries';
import type { Run } from '@/api/types';
import { randomName } from '@/lib/random';
import type { DraftFile, StartRun } from './run-input';
import { noteUse } from './used';

/** Starts a run, once: with the same key a request that had no answer may be repeated. */
export async function startRun(start: StartRun, files: readonly DraftFile[] = [], key = randomName()): Promise<Run> {
  const request = { params: { header: { 'Idempotency-Key': key } }, body: start };
  const run = await body(api.POST('/api/v1/runs', files.length === 0 ? request : { ...request, bodySerializer: () => formOf(start, files) }));
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
