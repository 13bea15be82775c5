import { useNavigate, useSearch } from '@tanstack/react-router';
import { FileInput, FileOutput, Plug, Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Backend } from '@/api/types';
import { useCommands } from '@/lib/commands';
import { Button, Card, EmptyState, IconButton, PageBody, PageHeader, Problem, SearchInput, SkeletonRows } from '@/ui';
import { ExportDialog } from '../export/dialog';
import { AddDialog } from '../form/add-dialog';
import { placeOf } from '../place';
import { useBackends } from '../use-backends';
import { BackendRow } from './row';

/** From this many on, the list can be searched. */
const MANY = 8;

/** All backends, with the state of their connections. */
export function BackendsPage() {
  const { t } = useTranslation('backends');
  const { add, q = '' } = useSearch({ from: '/backends' });
  const navigate = useNavigate({ from: '/backends' });
  const backends = useBackends();
  const [exporting, setExporting] = useState(false);
  const servers = backends.data?.filter(({ type }) => type === 'mcp') ?? [];
  const setAdd = (next: string | undefined) => void navigate({ search: (before) => ({ ...before, add: next }) });
  useCommands([
    { id: 'backends.add', title: t('add'), group: t('title'), keys: 'n', run: () => setAdd('true') },
    { id: 'backends.import', title: t('import.title'), group: t('title'), run: () => setAdd('import') },
    { id: 'backends.registry', title: t('registry.title'), group: t('title'), run: () => setAdd('registry') },
    ...(servers.length > 0 ? [{ id: 'backends.export', title: t('export.title'), group: t('title'), run: () => setExporting(true) }] : []),
  ]);
  const shown = backends.data?.filter((backend) => fits(backend, q)) ?? [];
  return (
    <>
      <PageHeader
        title={t('title')}
        description={backends.data && summary(backends.data, t)}
        actions={
          <>
            {servers.length > 0 && (
              <IconButton tone="plain" label={t('export.title')} onClick={() => setExporting(true)}>
                <FileOutput className="size-4" />
              </IconButton>
            )}
            <Button icon={<FileInput className="size-4" />} onClick={() => setAdd('import')}>
              <span className="max-sm:sr-only">{t('import.short')}</span>
            </Button>
            <Button tone="primary" icon={<Plus className="size-4" />} onClick={() => setAdd('true')}>
              {t('add')}
            </Button>
          </>
        }
      />
      <PageBody>
        {backends.error && <Problem error={backends.error} onRetry={() => void backends.refetch()} className="mb-4" />}
        {backends.isPending && <SkeletonRows />}
        {backends.data?.length === 0 && (
          <EmptyState
            icon={<Plug />}
            title={t('empty.title')}
            action={
              <Button tone="primary" icon={<Plus className="size-4" />} onClick={() => setAdd('true')}>
                {t('add')}
              </Button>
            }
          >
            {t('empty.text')}
          </EmptyState>
        )}
        {backends.data && backends.data.length > 0 && (
          <div className="flex flex-col gap-3">
            {backends.data.length >= MANY && (
              <SearchInput
                label={t('search')}
                value={q}
                onChange={(event) => void navigate({ search: (before) => ({ ...before, q: event.target.value || undefined }), replace: true })}
                className="max-w-sm"
              />
            )}
            <Card>
              <ul aria-label={t('title')} className="divide-y">
                {shown.map((backend) => (
                  <BackendRow key={backend.id} backend={backend} />
                ))}
              </ul>
              {shown.length === 0 && <p className="px-4 py-8 text-center text-sm text-muted">{t('nothingFits')}</p>}
            </Card>
          </div>
        )}
      </PageBody>
      {exporting && <ExportDialog servers={servers} onClose={() => setExporting(false)} />}
      {add !== undefined && <AddDialog platform={add} taken={backends.data?.map(({ name }) => name) ?? []} onPlatform={setAdd} onClose={() => setAdd(undefined)} />}
    </>
  );
}

function fits(backend: Backend, search: string): boolean {
  const text = `${backend.name} ${backend.platform} ${placeOf(backend)}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function summary(backends: readonly Backend[], t: ReturnType<typeof useTranslation<'backends'>>['t']): string {
  const enabled = backends.filter((backend) => backend.enabled);
  const connected = enabled.filter(({ health }) => health.state === 'connected' || health.state === 'degraded').length;
  return t('summary', { connected, total: enabled.length });
}
