import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/types';
import { Badge, type Tone } from '@/ui';

const TONES: Record<Schemas['ToolStatus'], Tone> = {
  available: 'ok',
  changed: 'warn',
  quarantined: 'bad',
  gone: 'neutral',
  backend_down: 'neutral',
  backend_disabled: 'neutral',
};

/** Whether a tool can be called. `quiet` says nothing where it simply can. */
export function StatusBadge({ status, quiet = false, className }: { status: Schemas['ToolStatus']; quiet?: boolean; className?: string }) {
  const { t } = useTranslation('tools');
  if (quiet && status === 'available') return null;
  return (
    <Badge tone={TONES[status]} title={t(`statusText.${status}`)} className={className}>
      {t(`status.${status}`)}
    </Badge>
  );
}
