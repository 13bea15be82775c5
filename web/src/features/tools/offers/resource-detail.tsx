import { useMutation, useQuery } from '@tanstack/react-query';
import { BookOpen } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { api, body } from '@/api/client';
import { backendsQuery } from '@/api/queries';
import { formatBytes } from '@/lib/format';
import { Badge, Button, Problem, SkeletonRows } from '@/ui';
import { Description } from '../detail/description';
import { DetailHeader } from '../detail/detail-header';
import type { Resource } from '../queries';
import { Contents } from './contents';

/** Reads a resource. Not by itself: reading may cost the server something. */
export function useRead(backend: string) {
  return useMutation({ mutationFn: (uri: string) => body(api.POST('/api/v1/backends/{id}/resources/read', { params: { path: { id: backend } }, body: { uri } })) });
}

export function ResourceDetail({ backend, uri, info }: { backend: string; uri: string; info: Resource | undefined }) {
  const { t, i18n } = useTranslation('tools');
  const read = useRead(backend);
  const backends = useQuery(backendsQuery);
  const server = info?.backend ?? backends.data?.find((one) => one.id === backend)?.name ?? '';
  return (
    <>
      <DetailHeader title={info?.title ?? info?.name ?? uri} name={uri} backend={server} backendId={backend} />
      <div className="flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto p-4 md:p-6">
        {info?.description && <Description text={info.description} />}
        <div className="flex flex-wrap items-center gap-2">
          <Button tone="primary" icon={<BookOpen className="size-3.5" />} busy={read.isPending} onClick={() => read.mutate(uri)}>
            {t('read')}
          </Button>
          {info?.media_type && <Badge>{info.media_type}</Badge>}
          {info?.size != null && <Badge>{formatBytes(info.size, i18n.language)}</Badge>}
        </div>
        {read.isError && <Problem error={read.error} onRetry={() => read.mutate(uri)} />}
        {read.isPending && <SkeletonRows rows={2} className="p-0" />}
        {read.data && <Contents contents={read.data.contents} />}
      </div>
    </>
  );
}
