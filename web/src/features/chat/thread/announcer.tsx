import { useTranslation } from 'react-i18next';
import { useRunPart } from '@/api/events';
import { isLive } from '@/ui';

/** Tells those who hear the page how it stands with the last answer, without reading out each word as it comes. */
export function Announcer({ runId }: { runId: string }) {
  const { t } = useTranslation(['chat', 'common']);
  const status = useRunPart(runId, (run) => (run.phase === 'ready' ? run.status : undefined));
  const text = status === undefined ? '' : status === 'waiting' ? t('chat:announce.waiting') : isLive(status) ? t('chat:announce.going') : t('chat:announce.over', { status: t(`common:runStatus.${status}`) });
  return (
    <p role="status" className="sr-only">
      {text}
    </p>
  );
}
