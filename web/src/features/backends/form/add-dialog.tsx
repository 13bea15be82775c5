import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { ArrowLeft, FlaskConical } from 'lucide-react';
import { useId, useState, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { platformsQuery } from '@/api/queries';
import type { PlatformInfo } from '@/api/types';
import { toast } from '@/lib/toasts';
import { Button, Dialog, SkeletonRows } from '@/ui';
import { useSaving } from '../actions';
import { CheckList } from '../check-list';
import { ImportDialog } from '../import/dialog';
import { emptyDraft, newBackendOf, type Draft } from './draft';
import { Fields } from './fields';
import { PlatformCards } from './platform-cards';

export interface AddDialogProps {
  /** `true`: to be chosen. `import`: from a file. `registry`: from a registry. */
  platform: string;
  taken: readonly string[];
  onPlatform: (platform: string) => void;
  onClose: () => void;
}

/** Adds a backend: first which platform, then what it asks for. */
export function AddDialog({ platform, taken, onPlatform, onClose }: AddDialogProps) {
  const { t } = useTranslation('backends');
  const platforms = useQuery(platformsQuery);
  const chosen = platforms.data?.find((one) => one.platform === platform);
  if (platform === 'import' || platform === 'registry') return <ImportDialog place={platform} onPlace={onPlatform} onClose={onClose} />;
  if (chosen) return <AddForm platform={chosen} taken={taken} onBack={() => onPlatform('true')} onClose={onClose} />;
  return (
    <Dialog open onClose={onClose} title={t('add')} description={t('choose')} size="lg">
      {platform === 'true' ? <PlatformCards onChoose={onPlatform} /> : <SkeletonRows rows={3} />}
    </Dialog>
  );
}

interface AddFormProps {
  platform: PlatformInfo;
  taken: readonly string[];
  onBack: () => void;
  onClose: () => void;
}

function AddForm({ platform, taken, onBack, onClose }: AddFormProps) {
  const { t } = useTranslation(['backends', 'common']);
  const id = useId();
  const navigate = useNavigate();
  const { testNew, add } = useSaving();
  const [draft, setDraft] = useState<Draft>(() => emptyDraft(platform.platform, taken));
  const backend = newBackendOf(platform, draft);
  const report = testNew.data;
  const works = report?.state === 'connected' || report?.state === 'degraded';
  const edit = (change: Partial<Draft>) => {
    setDraft((before) => ({ ...before, ...change }));
    // What was found is not true of what stands there now.
    testNew.reset();
    add.reset();
  };
  const save = () =>
    add.mutate(backend, {
      onSuccess: (added) => {
        toast({ tone: 'ok', text: t('backends:added', { name: added.name }) });
        onClose();
        void navigate({ to: '/backends/$id', params: { id: added.id } });
      },
    });
  /** Tests, and saves if it works. What fails is shown, and may be saved all the same. */
  const testAndSave = (event: SyntheticEvent) => {
    event.preventDefault();
    if (report) save();
    else testNew.mutate(backend, { onSuccess: ({ state }) => (state === 'connected' ? save() : undefined) });
  };
  const busy = testNew.isPending || add.isPending;
  const saving = report && !works ? t('backends:saveAnyway') : works ? t('backends:addNow') : t('backends:testAndAdd');
  const footer = (
    <>
      <Button tone="ghost" icon={<ArrowLeft className="size-4 rtl:-scale-x-100" />} onClick={onBack} className="me-auto">
        {t('backends:otherPlatform')}
      </Button>
      <Button icon={<FlaskConical className="size-4" />} busy={testNew.isPending} disabled={draft.base_url === '' || add.isPending} onClick={() => testNew.mutate(backend)}>
        {t('backends:test')}
      </Button>
      <Button type="submit" form={id} tone={report && !works ? 'plain' : 'primary'} busy={add.isPending} disabled={busy}>
        {saving}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onClose} title={t('backends:addPlatform', { platform: platform.title })} description={platform.summary} size="lg" footer={footer}>
      <form id={id} onSubmit={testAndSave} className="flex flex-col gap-4">
        <Fields platform={platform} draft={draft} error={add.error ?? testNew.error} onChange={edit} />
        {report && (
          <div ref={intoView}>
            <CheckList report={report} />
          </div>
        )}
      </form>
    </Dialog>
  );
}

/** What was found may lie below what is filled in. */
const intoView = (element: HTMLElement | null) => element?.scrollIntoView({ block: 'nearest' });
