import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, body } from '@/api/client';
import { toolsQuery, workflowsQuery } from '@/api/queries';
import type { Backend } from '@/api/types';
import { ConfirmDialog, isLive } from '@/ui';
import { useBackendActions } from './actions';

/** As many runs as one answer has; more are "and more". */
const MOST_RUNS = 200;

/** Says what goes with a backend before it goes. */
export function RemoveDialog({ backend, onClose, onRemoved }: { backend: Backend; onClose: () => void; onRemoved?: () => void }) {
  const { t } = useTranslation('backends');
  const { remove } = useBackendActions();
  const filter = { backend: backend.id };
  // What is being removed is not asked for any more, whatever news come of it.
  const enabled = remove.isIdle || remove.isError;
  const workflows = useQuery({ ...workflowsQuery(filter), enabled }).data?.length ?? 0;
  const tools = useQuery({ ...toolsQuery(filter), enabled }).data?.length ?? 0;
  const runs = useQuery({
    enabled,
    queryKey: ['runs', 'of', backend.id],
    queryFn: ({ signal }) => body(api.GET('/api/v1/runs', { params: { query: { ...filter, limit: MOST_RUNS } }, signal })),
  }).data;
  const live = runs?.items.filter((run) => isLive(run.status)).length ?? 0;
  const confirm = () =>
    remove.mutate(backend, {
      onSuccess: () => {
        onClose();
        onRemoved?.();
      },
    });
  return (
    <ConfirmDialog open onClose={onClose} title={t('remove.title', { name: backend.name })} action={t('remove.action')} danger busy={remove.isPending} onConfirm={confirm}>
      <p>{t('remove.text')}</p>
      <ul className="mt-2 list-disc ps-5 text-ink">
        {backend.secrets.length > 0 && <li>{t('remove.secrets', { count: backend.secrets.length })}</li>}
        {workflows > 0 && <li>{t('remove.workflows', { count: workflows })}</li>}
        {tools > 0 && <li>{t('remove.tools', { count: tools })}</li>}
        {runs && runs.items.length > 0 && <li>{runs.next == null ? t('remove.runs', { count: runs.items.length }) : t('remove.manyRuns', { count: runs.items.length })}</li>}
        {live > 0 && <li className="font-medium text-bad">{t('remove.live', { count: live })}</li>}
      </ul>
      <p className="mt-2">{t('remove.peer')}</p>
    </ConfirmDialog>
  );
}
