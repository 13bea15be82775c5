import { useQuery } from '@tanstack/react-query';
import { RotateCw } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '@/lib/format';
import { Card, IconButton, Problem, SkeletonRows } from '@/ui';
import { figuresQuery } from './hub-figures';
import { valueOf } from './metrics';
import { Section } from './section';

const FIGURES = ['jackfield_active_runs', 'jackfield_run_readers', 'jackfield_http_streams', 'jackfield_events_total', 'jackfield_raw_frames_total'] as const;

/** What the hub counts about itself. */
export function Figures() {
  const { t, i18n } = useTranslation('settings');
  const query = useQuery(figuresQuery);
  const samples = query.data ?? [];
  const ended = samples.filter((sample) => sample.name === 'jackfield_runs_total').reduce((sum, sample) => sum + sample.value, 0);
  const shown = [...FIGURES.map((name) => [name, valueOf(samples, name)] as const), ['jackfield_runs_total', ended] as const];
  return (
    <Section
      title={t('figures')}
      text={t('figuresText')}
      action={
        <IconButton label={t('readAgain')} busy={query.isFetching} onClick={() => void query.refetch()}>
          <RotateCw className="size-4" />
        </IconButton>
      }
    >
      {query.isError && !query.data && <Problem error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <SkeletonRows rows={2} className="p-0" />}
      {query.data && (
        <Card>
          <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg bg-line sm:grid-cols-3">
            {shown.map(([name, value]) => (
              <div key={name} className="flex flex-col-reverse justify-end gap-0.5 bg-surface px-4 py-3">
                <dt className="text-xs text-muted">{t(`figure.${name}`)}</dt>
                <dd className="text-xl font-semibold tabular-nums">{value === undefined ? '–' : formatNumber(value, i18n.language)}</dd>
              </div>
            ))}
          </dl>
        </Card>
      )}
    </Section>
  );
}
