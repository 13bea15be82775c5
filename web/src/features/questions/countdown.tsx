import { useTranslation } from 'react-i18next';
import { formatDuration, formatMoment } from '@/lib/format';
import { useNow } from '@/lib/now';

/** How long a peer still waits. `goesOn`: at the end the run goes on by itself. */
export function Countdown({ until, goesOn }: { until: string; goesOn: boolean }) {
  const { t, i18n } = useTranslation('questions');
  const now = useNow('fast');
  // Whole seconds: tenths would only flicker.
  const left = Math.ceil((Date.parse(until) - now) / 1000) * 1000;
  const text = left > 0 ? t(goesOn ? 'goesOnIn' : 'expiresIn', { time: formatDuration(left, i18n.language) }) : t(goesOn ? 'goesOnNow' : 'expired');
  return (
    <time dateTime={until} title={formatMoment(until, i18n.language)} className="text-xs text-muted tabular-nums">
      {text}
    </time>
  );
}
