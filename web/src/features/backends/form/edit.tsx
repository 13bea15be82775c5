import { useQuery } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { platformsQuery } from '@/api/queries';
import type { Backend, PlatformInfo } from '@/api/types';
import { toast } from '@/lib/toasts';
import { Button, Problem, SkeletonRows } from '@/ui';
import { useSaving } from '../actions';
import { CheckList } from '../check-list';
import { changeOf, draftOf, isUnchanged, type Draft } from './draft';
import { Fields } from './fields';

/** Changes a backend. Secrets stay with the hub: a field that is left empty keeps what is stored. */
export function Edit({ backend, onSaved }: { backend: Backend; onSaved: () => void }) {
  const platforms = useQuery(platformsQuery);
  const platform = platforms.data?.find((one) => one.platform === backend.platform);
  if (platforms.error) return <Problem error={platforms.error} onRetry={() => void platforms.refetch()} />;
  if (!platform) return <SkeletonRows rows={4} />;
  // Made anew when somebody else has changed it.
  return <EditForm key={backend.updated_at} backend={backend} platform={platform} onSaved={onSaved} />;
}

function EditForm({ backend, platform, onSaved }: { backend: Backend; platform: PlatformInfo; onSaved: () => void }) {
  const { t } = useTranslation(['backends', 'common']);
  const { testChange, change } = useSaving();
  const [draft, setDraft] = useState<Draft>(() => draftOf(backend));
  const changes = changeOf(platform, backend, draft);
  const report = testChange.data;
  const edit = (next: Partial<Draft>) => {
    setDraft((before) => ({ ...before, ...next }));
    // What was found is not true of what stands there now.
    testChange.reset();
    change.reset();
  };
  const save = () =>
    change.mutate(
      { id: backend.id, change: changes },
      {
        onSuccess: () => {
          toast({ tone: 'ok', text: t('backends:saved') });
          onSaved();
        },
      },
    );
  /** Tests, and saves if it works. What fails is shown, and may be saved all the same. */
  const testAndSave = (event: SyntheticEvent) => {
    event.preventDefault();
    if (report || !backend.enabled) save();
    else testChange.mutate({ id: backend.id, change: changes }, { onSuccess: ({ state }) => (state === 'connected' ? save() : undefined) });
  };
  const fails = report !== undefined && report.state !== 'connected' && report.state !== 'degraded';
  return (
    <form onSubmit={testAndSave} className="flex flex-col gap-4">
      <Fields platform={platform} draft={draft} stored={backend.secrets} error={change.error ?? testChange.error} onChange={edit} />
      {report && <CheckList report={report} />}
      <div className="flex flex-wrap items-center justify-end gap-2">
        <Button disabled={isUnchanged(changes)} onClick={() => edit(draftOf(backend))}>
          {t('backends:undo')}
        </Button>
        <Button type="submit" tone={fails ? 'plain' : 'primary'} busy={testChange.isPending || change.isPending} disabled={isUnchanged(changes)}>
          {t(fails ? 'backends:saveChangeAnyway' : 'backends:testAndSave')}
        </Button>
      </div>
    </form>
  );
}
