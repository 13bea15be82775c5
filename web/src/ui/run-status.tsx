import { useTranslation } from 'react-i18next';
import type { RunStatus } from '@/api/types';
import { Badge, Dot, type Tone } from './badge';

const TONES: Record<RunStatus, Tone> = {
  queued: 'neutral',
  running: 'info',
  waiting: 'warn',
  recovering: 'warn',
  succeeded: 'ok',
  failed: 'bad',
  cancelled: 'neutral',
  unknown: 'warn',
};

const LIVE: readonly RunStatus[] = ['queued', 'running', 'waiting', 'recovering'];

export const isLive = (status: RunStatus): boolean => LIVE.includes(status);

/** Where a run stands. */
export function RunStatusBadge({ status }: { status: RunStatus }) {
  const { t } = useTranslation();
  return (
    <Badge tone={TONES[status]}>
      <Dot tone={TONES[status]} pulse={status === 'running' || status === 'recovering'} />
      {t(`runStatus.${status}`)}
    </Badge>
  );
}

/** The same as a dot alone, for dense lists. */
export function RunStatusDot({ status }: { status: RunStatus }) {
  const { t } = useTranslation();
  return <Dot tone={TONES[status]} pulse={status === 'running' || status === 'recovering'} label={t(`runStatus.${status}`)} />;
}
