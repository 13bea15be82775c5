import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, body } from '@/api/client';
import { keys } from '@/api/queries';
import { formatBytes, formatDays, formatNumber } from '@/lib/format';
import { toast } from '@/lib/toasts';
import { Ago, Card, ConfirmDialog, Problem, Segmented, SkeletonRows, Spinner } from '@/ui';
import { Row, Section } from './section';

const CHOICES = [7, 30, 90, 365];

const dataQuery = queryOptions({
  queryKey: keys.data,
  queryFn: ({ signal }) => body(api.GET('/api/v1/data', { signal })),
  // What is removed goes in the background.
  refetchInterval: ({ state }) => (state.data?.removing ? 1000 : false),
});

/** How much the hub keeps, and for how long. */
export function Data() {
  const { t, i18n } = useTranslation('settings');
  const query = useQuery(dataQuery);
  const [wanted, setWanted] = useState<number | null>();
  const data = query.data;
  const number = (value: number) => formatNumber(value, i18n.language);
  const size = (value: number) => formatBytes(value, i18n.language);
  const choices = [...new Set([...CHOICES, ...(data?.retention_days ? [data.retention_days] : [])])].sort((a, b) => a - b);
  return (
    <Section title={t('data')} text={t('dataText')}>
      {query.isError && !data && <Problem error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <SkeletonRows rows={3} className="p-0" />}
      {data && (
        <Card className="divide-y">
          <Row name={t('size')}>
            <Value value={size(data.bytes)} note={data.reusable_bytes > 0 && t('reusable', { size: size(data.reusable_bytes) })} />
          </Row>
          <Row name={t('runs')}>
            <Value value={number(data.runs)} note={t('eventsInAll', { count: data.events, formatted: number(data.events) })} />
          </Row>
          <Row name={t('conversations')}>
            <Value value={number(data.conversations)} />
          </Row>
          <Row name={t('files')}>
            <Value value={number(data.files)} note={size(data.file_bytes)} />
          </Row>
          {data.oldest && (
            <Row name={t('oldest')}>
              <span className="text-sm text-muted">
                <Ago at={data.oldest} />
              </span>
            </Row>
          )}
          <Row name={t('keepFor')}>
            <Segmented
              label={t('keepFor')}
              options={[
                ...choices.map((days) => ({ key: String(days), label: formatDays(days, i18n.language) })),
                { key: 'forever', label: t('forever') },
              ]}
              value={String(data.retention_days ?? 'forever')}
              onChange={(key) => setWanted(key === 'forever' ? null : Number(key))}
            />
          </Row>
          {data.removing && (
            <p role="status" className="flex items-center gap-2 px-4 py-3 text-sm text-muted">
              <Spinner className="size-4" />
              {t('removing')}
            </p>
          )}
        </Card>
      )}
      {wanted !== undefined && <KeepDialog days={wanted} onClose={() => setWanted(undefined)} />}
    </Section>
  );
}

function Value({ value, note }: { value: string; note?: string | false }) {
  return (
    <span className="flex items-baseline gap-2 text-sm tabular-nums">
      <span>{value}</span>
      {note && <span className="text-xs text-faint">{note}</span>}
    </span>
  );
}

/** Says what a shorter time costs before it is chosen. */
function KeepDialog({ days, onClose }: { days: number | null; onClose: () => void }) {
  const { t, i18n } = useTranslation('settings');
  const client = useQueryClient();
  const old = useQuery({
    queryKey: [...keys.data, days],
    enabled: days !== null,
    queryFn: ({ signal }) => body(api.GET('/api/v1/data', { params: { query: { older_than_days: days ?? undefined } }, signal })),
  });
  const keep = useMutation({
    mutationFn: () => body(api.PATCH('/api/v1/data', { body: { retention_days: days } })),
    onSuccess: (now) => {
      client.setQueryData(dataQuery.queryKey, now);
      toast({ tone: 'ok', text: days === null ? t('keptForever') : t('keptFor', { days: formatDays(days, i18n.language) }) });
      onClose();
    },
  });
  const counts = old.data?.removable;
  const goes = counts != null && counts.runs + counts.conversations > 0;
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={days === null ? t('keepForever') : t('keepDays', { days: formatDays(days, i18n.language) })}
      action={goes ? t('keepAndRemove') : t('keep')}
      danger={goes}
      busy={keep.isPending || (days !== null && old.isPending)}
      onConfirm={() => keep.mutate()}
    >
      <p>{days === null ? t('keepForeverText') : t('keepDaysText')}</p>
      {goes && (
        <dl className="mt-3 grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 rounded-md border px-3 py-2 text-fg">
          <dt className="col-span-2 font-medium">{t('goesNow')}</dt>
          <dt>{t('runs')}</dt>
          <dd className="tabular-nums">{formatNumber(counts.runs, i18n.language)}</dd>
          <dt>{t('conversations')}</dt>
          <dd className="tabular-nums">{formatNumber(counts.conversations, i18n.language)}</dd>
        </dl>
      )}
      {counts && !goes && <p className="mt-2">{t('nothingGoes')}</p>}
      {(old.isError || keep.isError) && <Problem error={keep.error ?? old.error} className="mt-3" />}
    </ConfirmDialog>
  );
}
