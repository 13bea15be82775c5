import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { backendsQuery } from '@/api/queries';
import { Ago, Button, buttonClass } from '@/ui';
import type { ToolView } from '../queries';
import { AcceptDialog } from './accept-dialog';
import { Notice } from './notice';

/** Why a tool cannot be called, or what one should see before calling it. */
export function Notices({ tool }: { tool: ToolView }) {
  const { t } = useTranslation('tools');
  const [comparing, setComparing] = useState(false);
  const backends = useQuery(backendsQuery);
  const failure = backends.data?.find((backend) => backend.id === tool.backend_id)?.health.last_error;
  const toBackend = (
    <Link to="/backends/$id" params={{ id: tool.backend_id }} className={buttonClass('plain', 'sm')}>
      {t('openServer')}
    </Link>
  );
  return (
    <>
      {tool.status === 'quarantined' && (
        <Notice tone="bad" title={t('notice.quarantined')}>
          <p dir="auto" className="break-words">
            {tool.problem}
          </p>
          <p className="text-muted">{t('notice.quarantinedText')}</p>
        </Notice>
      )}
      {tool.status === 'gone' && (
        <Notice tone="info" title={t('notice.gone')}>
          <p className="text-muted">
            {t('notice.lastSeen')} <Ago at={tool.discovered_at} />
          </p>
        </Notice>
      )}
      {tool.status === 'backend_down' && (
        <Notice tone="warn" title={t('notice.backendDown')} action={toBackend}>
          {failure && (
            <p dir="auto" className="break-words">
              {failure.message} {failure.hint}
            </p>
          )}
          <p className="text-muted">
            {t('notice.lastSeen')} <Ago at={tool.discovered_at} />
          </p>
        </Notice>
      )}
      {tool.status === 'backend_disabled' && <Notice tone="info" title={t('notice.backendDisabled')} action={toBackend} />}
      {tool.changed && (
        <Notice
          tone="warn"
          title={t('notice.changed')}
          action={
            <Button size="sm" onClick={() => setComparing(true)}>
              {t('compare')}
            </Button>
          }
        >
          <p>{t('notice.changedText')}</p>
        </Notice>
      )}
      {(tool.warnings ?? []).length > 0 && (
        <Notice tone="warn" title={t('notice.warnings')}>
          <ul className="list-disc ps-4">
            {tool.warnings?.map((warning) => (
              <li key={warning} className="break-words">
                {warning}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      <AcceptDialog tool={tool} open={comparing} onClose={() => setComparing(false)} />
    </>
  );
}
