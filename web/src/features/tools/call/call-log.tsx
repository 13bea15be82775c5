import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '@/lib/format';
import { Disclosure } from '@/ui';
import { callLog } from './progress';

/** How far a call says that it is, and what it wrote. */
export function CallLog({ text, live }: { text: string; live: boolean }) {
  const { t, i18n } = useTranslation('tools');
  const { progress, lines } = callLog(text);
  if (lines.length === 0) return live ? <Bar label={t('working')} /> : null;
  const figure = progress && [progress.done, progress.total].filter((one) => one !== undefined).map((one) => formatNumber(one, i18n.language)).join(' / ');
  return (
    <div className="flex min-w-0 flex-col gap-3">
      {live && (
        <div className="flex flex-col gap-1.5">
          <Bar label={progress?.message ?? t('working')} share={progress?.total ? progress.done / progress.total : undefined} />
          <p aria-live="polite" className="flex min-w-0 gap-2 text-xs text-muted">
            <span className="shrink-0 tabular-nums">{figure}</span>
            <span dir="auto" className="min-w-0 truncate">
              {progress?.message}
            </span>
          </p>
        </div>
      )}
      <Disclosure summary={t('log')} note={t('lines', { count: lines.length })} open={live}>
        <Lines lines={lines} />
      </Disclosure>
    </div>
  );
}

function Bar({ label, share }: { label: string; share?: number }) {
  const value = share === undefined ? undefined : Math.round(Math.min(1, Math.max(0, share)) * 100);
  return (
    <div role="progressbar" aria-label={label} aria-valuenow={value} aria-valuemin={0} aria-valuemax={100} className="h-1.5 overflow-hidden rounded-full bg-hover">
      <div className={value === undefined ? 'h-full w-full animate-pulse-soft bg-info-solid' : 'h-full bg-info-solid transition-[width]'} style={value === undefined ? undefined : { width: `${value}%` }} />
    </div>
  );
}

/** Lines drawn at most; the run's own page has them all. */
const SHOWN = 500;

function Lines({ lines }: { lines: readonly string[] }) {
  const box = useRef<HTMLPreElement>(null);
  useEffect(() => {
    box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [lines.length]);
  return (
    <pre ref={box} dir="ltr" tabIndex={0} className="max-h-48 overflow-auto scroll-thin text-start font-mono text-xs break-words whitespace-pre-wrap text-muted">
      {lines.slice(-SHOWN).join('\n')}
    </pre>
  );
}
