import { useTranslation } from 'react-i18next';
import type { HealthState } from '@/api/types';
import { Badge, Dot, type Tone } from './badge';

const TONES: Record<HealthState, Tone> = {
  unknown: 'neutral',
  connecting: 'info',
  connected: 'ok',
  degraded: 'warn',
  unauthorized: 'bad',
  sign_in_required: 'warn',
  unreachable: 'bad',
};

/** The state of the connection to a backend. */
export function HealthBadge({ state }: { state: HealthState }) {
  const { t } = useTranslation();
  return (
    <Badge tone={TONES[state]}>
      <Dot tone={TONES[state]} pulse={state === 'connecting'} />
      {t(`health.${state}`)}
    </Badge>
  );
}

export function HealthDot({ state }: { state: HealthState }) {
  const { t } = useTranslation();
  return <Dot tone={TONES[state]} pulse={state === 'connecting'} label={t(`health.${state}`)} />;
}
