import { useTranslation } from 'react-i18next';
import type { Backend } from '@/api/types';
import { formatDuration } from '@/lib/format';
import { Ago, Badge, HealthBadge, Sparkline } from '@/ui';
import { useLatencies } from './latency';

/** State and since when. */
export function BackendState({ backend }: { backend: Backend }) {
  const { t } = useTranslation('backends');
  if (!backend.enabled) return <Badge>{t('disabled')}</Badge>;
  return (
    <span className="inline-flex min-w-0 items-center gap-2">
      <HealthBadge state={backend.health.state} />
      <span className="truncate text-xs text-muted">
        <Ago at={backend.health.since} />
      </span>
    </span>
  );
}

/** The last latency, and how it has been since the page was opened. */
export function Latency({ backend, width }: { backend: Backend; width?: number }) {
  const { t, i18n } = useTranslation('backends');
  const latencies = useLatencies(backend.id);
  const { latency_ms } = backend.health;
  if (!backend.enabled || latency_ms == null) return null;
  return (
    <span className="inline-flex items-center gap-2 text-xs text-muted">
      <Sparkline values={latencies} label={t('latencyCurve', { count: latencies.length })} width={width} />
      <span className="tabular-nums">{formatDuration(latency_ms, i18n.language)}</span>
    </span>
  );
}
