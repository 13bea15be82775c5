import { useTranslation } from 'react-i18next';
import { formatNumber } from '@/lib/format';

/** A log that takes more than a moment to read. */
const LONG = 2000;

/** How far a long log is read. */
export function Reading({ read, known }: { read: number; known: number | undefined }) {
  const { t, i18n } = useTranslation('runs');
  if (known === undefined || known < LONG) return null;
  const format = (value: number) => formatNumber(value, i18n.language);
  return (
    <div className="relative flex h-6 shrink-0 items-center justify-center border-b bg-surface text-2xs text-muted">
      <span className="absolute inset-y-0 start-0 bg-accent-soft" style={{ width: `${Math.min(100, (read / known) * 100)}%` }} />
      <span role="status" className="relative tabular-nums">
        {t('reading', { read: format(read), known: format(known) })}
      </span>
    </div>
  );
}
