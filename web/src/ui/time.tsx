import { useTranslation } from 'react-i18next';
import { formatAgo, formatDuration, formatMoment } from '@/lib/format';
import { useNow } from '@/lib/now';

/** How long ago, with the exact time as a hint. `ahead`: it lies in the future. */
export function Ago({ at, ahead = false, className }: { at: string; ahead?: boolean; className?: string }) {
  const { i18n } = useTranslation();
  const now = useNow();
  return (
    <time dateTime={at} title={formatMoment(at, i18n.language)} className={className}>
      {/* The page's clock ticks slowly: what has just happened must not seem to lie ahead. */}
      {formatAgo(ahead ? Math.max(Date.parse(at), now) : Math.min(Date.parse(at), now), now, i18n.language)}
    </time>
  );
}

/** How long something took, or has taken so far: give `since` while it goes on. */
export function Duration({ ms, since, className }: { ms?: number | null; since?: string; className?: string }) {
  return ms == null && since ? <Running since={since} className={className} /> : <Fixed ms={ms} className={className} />;
}

function Fixed({ ms, className }: { ms?: number | null; className?: string }) {
  const { i18n } = useTranslation();
  return ms == null ? null : <span className={`tabular-nums ${className ?? ''}`}>{formatDuration(ms, i18n.language)}</span>;
}

function Running({ since, className }: { since: string; className?: string }) {
  const now = useNow('fast');
  return <Fixed ms={Math.max(0, now - Date.parse(since))} className={className} />;
}
