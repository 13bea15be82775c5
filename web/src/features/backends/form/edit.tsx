import { useQuery } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { platformsQuery } from '@/api/queries';
import type { Backend, PlatformInfo } from '@/api/types';
import { toast } from '@/lib/toasts';
import { Button, Problem, SkeletonRows } from '@/ui';
import { useSaving } from '../actions';
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
  const { change } = useSaving();
  const [draft, setDraft] = useState<Draft>(() => draftOf(backend));
  const changes = changeOf(platform, backend, draft);
  const save = (event: SyntheticEvent) => {
    event.preventDefault();
    change.mutate(
      { id: backend.id, change: changes },
      {
        onSuccess: () => {
          toast({ tone: 'ok', text: t('backends:saved') });
          onSaved();
        },
      },
    );
  };
  return (
    <form onSubmit={save} className="flex flex-col gap-4">
      <Fields platform={platform} draft={draft} stored={backend.secrets} error={change.error} onChange={(next) => setDraft((before) => ({ ...before, ...next }))} />
      <div className="flex flex-wrap items-center justify-end gap-2">
        <Button disabled={isUnchanged(changes)} onClick={() => setDraft(draftOf(backend))}>
          {t('backends:undo')}
        </Button>
        <Button type="submit" tone="primary" busy={change.isPending} disabled={isUnchanged(changes)}>
          {t('backends:saveAndTest')}
        </Button>
      </div>
    </form>
  );
}
