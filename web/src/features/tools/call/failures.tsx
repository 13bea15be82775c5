import { useTranslation } from 'react-i18next';
import type { Transcript } from '@/lib/fold';
import { hubPath } from '@/lib/base';
import { InlineText } from '@/ui';
import { Notice } from '../detail/notice';

/** What went wrong besides what the tool itself says: in the protocol, on the way, in the hub. */
export function Failures({ transcript }: { transcript: Transcript }) {
  const { t } = useTranslation('tools');
  const { errors, done, link } = transcript;
  const toldAlready = errors.some((error) => error.fatal && error.message === done?.reason);
  const lost = link && done === undefined && link.state === 'lost';
  return (
    <>
      {lost && <Notice tone="warn" title={t('connectionLost')} />}
      {errors.map((error, at) => (
        <Notice key={at} tone={error.fatal ? 'bad' : 'warn'} title={<InlineText text={error.message} />}>
          {error.hint && (
            <p className="text-muted">
              <InlineText text={error.hint} />
            </p>
          )}
          <a href={hubPath(`/api/v1/errors/${error.code}`)} target="_blank" rel="noreferrer" className="self-start font-mono text-xs text-muted underline underline-offset-2 hover:text-ink">
            {error.code}
          </a>
        </Notice>
      ))}
      {done?.outcome === 'unknown' && !toldAlready && (
        <Notice tone="warn" title={t('outcomeUnknown')}>
          <p>{done.reason}</p>
        </Notice>
      )}
      {done?.outcome === 'cancelled' && (
        <Notice tone="info" title={t('wasStopped')}>
          {done.reason && <p className="text-muted">{done.reason}</p>}
        </Notice>
      )}
      {done?.outcome === 'failed' && errors.length === 0 && <Notice tone="bad" title={t('toolFailed')} />}
    </>
  );
}
