import { Link } from '@tanstack/react-router';
import { FlaskConical } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Backend, ConnectionReport } from '@/api/types';
import { HubProblem } from '@/api/problem';
import { Ago, Button, Card, CodeBlock, CopyButton, Disclosure, platformNames, Problem, SkeletonRows } from '@/ui';
import { CheckList } from '../check-list';
import { BackendState, Latency } from '../health-line';
import { offersOf } from '../offers';
import { placeOf } from '../place';
import { SignIn } from '../sign-in';
import { Journal } from './journal';

export interface OverviewProps {
  backend: Backend;
  report: ConnectionReport | undefined;
  error: unknown;
  busy: boolean;
  onTest: () => void;
}

/** How the connection is, and what is known of the peer. */
export function Overview({ backend, report, error, busy, onTest }: OverviewProps) {
  const { t } = useTranslation('backends');
  const { health, peer } = backend;
  const failure = backend.enabled ? health.last_error : undefined;
  return (
    <div className="flex flex-col gap-5">
      {backend.enabled && health.state === 'sign_in_required' && <SignIn key={health.since} backend={backend} />}
      {failure && !report && <Problem error={new HubProblem(failure.code, 0, failure.message, { ...failure, title: t(`state.${health.state}`) })} />}
      <Card className="px-4 py-1">
        <dl className="divide-y text-sm">
          <Line name={t('state.label')}>
            <BackendState backend={backend} />
          </Line>
          <Line name={t(backend.base_url === 'stdio:' ? 'command' : 'address')}>
            <span dir="ltr" className="min-w-0 break-all">
              {placeOf(backend)}
            </span>
            <CopyButton text={placeOf(backend)} />
          </Line>
          <Line name={t('platform')}>{platformNames[backend.platform]}</Line>
          {peer?.version != null && (
            <Line name={t('version')}>
              <bdi>{peer.version}</bdi>
            </Line>
          )}
          {health.latency_ms != null && (
            <Line name={t('latency')}>
              <Latency backend={backend} width={140} />
            </Line>
          )}
          {health.checked_at != null && (
            <Line name={t('checked')}>
              <Ago at={health.checked_at} />
              {health.next_check_at != null && backend.enabled && (
                <span className="text-muted">
                  {t('nextCheck')} <Ago at={health.next_check_at} ahead />
                </span>
              )}
            </Line>
          )}
          {peer?.discovered_at != null && (
            <Line name={t('discoveredAt')}>
              <Ago at={peer.discovered_at} />
              <Offers backend={backend} />
            </Line>
          )}
          <Line name={t('runsOf')}>
            <Link to="/runs" search={{ backend: backend.name }} className="text-accent underline underline-offset-2">
              {t('showRuns')}
            </Link>
          </Line>
        </dl>
      </Card>
      <section aria-label={t('test')}>
        <div className="mb-2 flex items-center justify-between gap-3">
          <div>
            <h2 className="font-medium">{t('testTitle')}</h2>
            <p className="text-xs text-muted">{t('testText')}</p>
          </div>
          <Button icon={<FlaskConical className="size-4" />} busy={busy} onClick={onTest}>
            {t('test')}
          </Button>
        </div>
        {error != null && <Problem error={error} onRetry={onTest} />}
        {report ? <CheckList report={report} /> : busy && <SkeletonRows rows={3} />}
      </section>
      {backend.type === 'mcp' && (
        <Disclosure summary={t('journal.title')} note={t('journal.text')}>
          <Journal backend={backend.id} />
        </Disclosure>
      )}
      {hasMore(peer?.capabilities) && (
        <Disclosure summary={t('capabilities')}>
          <CodeBlock code={JSON.stringify(peer?.capabilities, null, 2)} />
        </Disclosure>
      )}
    </div>
  );
}

function Line({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex min-h-10 flex-wrap items-center gap-x-4 gap-y-1 py-1.5">
      <dt className="w-36 shrink-0 text-muted">{name}</dt>
      <dd className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3">{children}</dd>
    </div>
  );
}

function Offers({ backend }: { backend: Backend }) {
  const { t } = useTranslation('backends');
  const { workflows, tools } = offersOf(backend);
  return (
    <span className="flex flex-wrap gap-x-3 text-muted">
      {workflows > 0 && (
        <Link to="/backends/$id" params={{ id: backend.id }} search={{ tab: 'workflows' }} replace className="text-accent underline underline-offset-2">
          {t('workflowCount', { count: workflows })}
        </Link>
      )}
      {tools > 0 && (
        <Link to="/tools" search={{ backend: backend.name }} className="text-accent underline underline-offset-2">
          {t('toolCount', { count: tools })}
        </Link>
      )}
    </span>
  );
}

/** Whether the peer says more of itself than the two figures that stand above. */
const hasMore = (capabilities: unknown): boolean =>
  typeof capabilities === 'object' && capabilities !== null && Object.keys(capabilities).some((key) => key !== 'workflows' && key !== 'tools');
