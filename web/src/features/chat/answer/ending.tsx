import { Ban, CircleAlert, CircleHelp, Unplug } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { asProblem } from '@/api/problem';
import { hubPath } from '@/lib/base';
import type { Transcript } from '@/lib/fold';
import type { Stopping } from '../state/cancel';

/** What there is to say of how a run ended, or of what stands in its way; nothing when all is well. */
export function Ending({ transcript, stopping }: { transcript: Transcript; stopping: Stopping | undefined }) {
  const { done, status } = transcript;
  return (
    <>
      {status === 'recovering' && <Recovering reason={transcript.link?.reason} />}
      {stopping && <StopNotice stopping={stopping} ended={done !== undefined} />}
      {done?.outcome === 'failed' && <Failed transcript={transcript} />}
      {done?.outcome === 'unknown' && <Unknown reason={done.reason} />}
      {done?.outcome === 'cancelled' && <Cancelled reason={done.reason} />}
    </>
  );
}

const BOX = 'flex min-w-0 gap-2.5 rounded-lg border px-3.5 py-2.5 text-sm';

function Failed({ transcript }: { transcript: Transcript }) {
  const { t } = useTranslation('chat');
  const fatal = transcript.errors.findLast((error) => error.fatal);
  const message = fatal?.message ?? transcript.done?.reason ?? t('failedText');
  return (
    <div role="alert" className={`${BOX} border-bad/30 bg-bad-soft`}>
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />
      <div className="min-w-0 flex-1">
        <p className="font-medium text-bad">{t('failed')}</p>
        <p dir="auto" className="prose-plain">
          {message}
        </p>
        {fatal?.hint && <p className="mt-1 break-words text-muted">{fatal.hint}</p>}
        {fatal && (
          <p className="mt-1.5 flex flex-wrap items-center gap-x-3 text-xs text-muted">
            <a href={hubPath(`/api/v1/errors/${fatal.code}`)} target="_blank" rel="noreferrer" className="font-mono underline underline-offset-2 hover:text-ink">
              {fatal.code}
            </a>
            {fatal.retry_safe && <span>{t('retrySafe')}</span>}
          </p>
        )}
      </div>
    </div>
  );
}

function Unknown({ reason }: { reason: string | null | undefined }) {
  const { t } = useTranslation('chat');
  return (
    <div className={`${BOX} border-warn-solid/40 bg-warn-soft`}>
      <CircleHelp aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
      <div className="min-w-0">
        <p className="font-medium text-warn">{t('unknown')}</p>
        <p dir="auto" className="break-words">
          {reason ?? t('unknownText')}
        </p>
      </div>
    </div>
  );
}

function Cancelled({ reason }: { reason: string | null | undefined }) {
  const { t } = useTranslation('chat');
  return (
    <p className="flex min-w-0 items-start gap-2 text-sm text-muted">
      <Ban aria-hidden className="mt-0.5 size-4 shrink-0" />
      <span dir="auto" className="min-w-0 break-words">
        {reason ?? t('cancelled')}
      </span>
    </p>
  );
}

function Recovering({ reason }: { reason: string | null | undefined }) {
  const { t } = useTranslation('chat');
  return (
    <div role="status" className={`${BOX} border-warn-solid/40 bg-warn-soft`}>
      <Unplug aria-hidden className="mt-0.5 size-4 shrink-0 animate-pulse-soft text-warn" />
      <div className="min-w-0">
        <p className="font-medium text-warn">{t('recovering')}</p>
        <p dir="auto" className="break-words">
          {reason ?? t('recoveringText')}
        </p>
      </div>
    </div>
  );
}

function StopNotice({ stopping, ended }: { stopping: Stopping; ended: boolean }) {
  const { t } = useTranslation('chat');
  if (stopping.state === 'asking') return null;
  // That it was stopped, its end says by itself.
  if (stopping.state === 'told' && ended && stopping.report.effect !== 'goes_on') return null;
  const text = stopping.state === 'told' ? stopping.report.message : asProblem(stopping.error).message;
  const title = stopping.state === 'told' ? t(`stop.${stopping.report.effect}`) : t('stop.failed');
  return (
    <div role="status" className={`${BOX} border-warn-solid/40 bg-warn-soft`}>
      <Ban aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
      <div className="min-w-0">
        <p className="font-medium text-warn">{title}</p>
        <p dir="auto" className="break-words">
          {text}
        </p>
      </div>
    </div>
  );
}
