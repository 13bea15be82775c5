import { CircleCheck, CircleMinus, CircleX, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { ConnectionReport, Schemas } from '@/api/types';
import { hubPath } from '@/lib/base';
import { formatDuration } from '@/lib/format';
import { HealthBadge, InlineText } from '@/ui';

type Check = Schemas['Check'];

const ICONS: Record<Check['status'], React.ReactNode> = {
  passed: <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-ok" />,
  warning: <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />,
  failed: <CircleX aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />,
  skipped: <CircleMinus aria-hidden className="mt-0.5 size-4 shrink-0 text-faint" />,
};

/** Checks that have a name in the page's languages; others (a scope of n8n, what a newer hub checks) keep the hub's. */
const NAMED = ['reachable', 'api_key', 'webhook_base', 'flows', 'interface', 'protocol', 'tools', 'version', 'workflows', 'workspace'] as const;

/** What a test of a connection found: check by check, with what happened and what to do next. */
export function CheckList({ report }: { report: ConnectionReport }) {
  const { t, i18n } = useTranslation('backends');
  return (
    <div role="status" className="rounded-lg border bg-surface">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b px-3 py-2 text-xs text-muted">
        <HealthBadge state={report.state} />
        {report.version != null && (
          <span>
            {t('version')} <bdi className="text-ink">{report.version}</bdi>
          </span>
        )}
        {report.latency_ms != null && <span className="tabular-nums">{formatDuration(report.latency_ms, i18n.language)}</span>}
        {report.workflows != null && <span>{t('offers', { count: report.workflows })}</span>}
      </div>
      <ol className="divide-y">
        {report.checks.map((check) => (
          <Line key={check.name} check={check} />
        ))}
      </ol>
    </div>
  );
}

function Line({ check }: { check: Check }) {
  const { t } = useTranslation('backends');
  const { failure } = check;
  const named = NAMED.find((name) => name === check.name);
  return (
    <li className="flex gap-2.5 px-3 py-2 text-sm">
      {ICONS[check.status]}
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-baseline gap-x-2">
          <span className="sr-only">{t(`check.${check.status}`)}: </span>
          <bdi className="font-medium">{named ? t(`checkName.${named}`) : check.name.replaceAll('_', ' ')}</bdi>
          {check.status === 'skipped' && <span className="text-xs text-faint">{t('check.skipped')}</span>}
        </p>
        <p dir="auto" className="break-words text-muted">
          <InlineText text={check.message} />
        </p>
        {failure?.hint != null && (
          <p dir="auto" className="mt-1 break-words">
            <InlineText text={failure.hint} />
          </p>
        )}
        {failure && (
          <a
            href={hubPath(`/api/v1/errors/${failure.code}`)}
            target="_blank"
            rel="noreferrer"
            className="mt-1 inline-block min-h-6 font-mono text-xs text-muted underline underline-offset-2 hover:text-ink"
          >
            {failure.code}
          </a>
        )}
      </div>
    </li>
  );
}
