import { Link } from '@tanstack/react-router';
import { ArrowLeft, Copy, Download, Ellipsis, ExternalLink, FlaskConical, Link2, RotateCcw, Square } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Backend, Run, RunStatus, StreamEvent, Usage, Workflow } from '@/api/types';
import { useCommands, type Command } from '@/lib/commands';
import { formatCost, formatNumber } from '@/lib/format';
import { Ago, Badge, Button, buttonClass, Duration, IconButton, Menu, PageHeader, platformNames, RunStatusBadge, isLive, type MenuItem } from '@/ui';
import { useRunActions } from './use-run-actions';

export interface RunHeaderProps {
  name: string;
  status: RunStatus;
  run: Run | undefined;
  backend: Backend | undefined;
  workflow: Workflow | undefined;
  usage: Usage;
  simulated: boolean;
  startedAt: string | undefined;
  durationMs: number | undefined;
  /** The log as far as it is read; the same array grows. */
  events: readonly StreamEvent[];
  views: readonly Command[];
}

/** Which run this is, how it stands, and what can be done with it. */
export const RunHeader = memo(function RunHeader({ name, status, run, backend, workflow, usage, simulated, startedAt, durationMs, events, views }: RunHeaderProps) {
  const { t, i18n } = useTranslation('runs');
  const actions = useRunActions(run);
  const live = isLive(status);
  const editor = workflow?.editor_url && /^https?:/.test(workflow.editor_url) ? workflow.editor_url : undefined;
  const platform = backend && platformNames[backend.platform];
  const group = t('title');
  const { again, callAgain, cancel, copyId } = actions;
  useCommands([
    ...views,
    ...(live && cancel ? [{ id: 'runs.cancel', title: t('cancelRun'), group, keys: 'shift+x', run: cancel }] : []),
    ...(again ? [{ id: 'runs.again', title: t('again'), group, keys: 'shift+r', run: again }] : []),
    ...(callAgain ? [{ id: 'runs.callAgain', title: t('callAgain'), group, keys: 'shift+r', run: callAgain }] : []),
    ...(editor && platform ? [{ id: 'runs.editor', title: t('openIn', { platform }), group, keys: 'o', run: () => void window.open(editor, '_blank', 'noreferrer') }] : []),
    { id: 'runs.export', title: t('export'), group, keywords: 'json download', keys: 'shift+e', run: () => actions.save(events) },
    { id: 'runs.link', title: t('copyLink'), group, keys: 'shift+c', run: actions.copyLink },
  ]);
  const menu: MenuItem[] = [
    { key: 'link', label: t('copyLink'), icon: <Link2 className="size-4" />, onSelect: actions.copyLink },
    ...(copyId ? [{ key: 'id', label: t('copyId'), icon: <Copy className="size-4" />, onSelect: copyId }] : []),
    { key: 'export', label: t('export'), icon: <Download className="size-4" />, onSelect: () => actions.save(events) },
  ];
  const tokens = usage.input_tokens + usage.output_tokens;
  const facts = [
    backend && (
      <Link key="backend" to="/backends/$id" params={{ id: backend.id }} className="hover:text-ink hover:underline">
        {backend.name}
      </Link>
    ),
    run && <Ago key="ago" at={run.created_at} />,
    (durationMs !== undefined || (live && startedAt)) && <Duration key="took" ms={durationMs} since={live ? startedAt : undefined} />,
    tokens > 0 && <span key="tokens">{t('tokens', { count: tokens, formatted: formatNumber(tokens, i18n.language) })}</span>,
    usage.cost_usd != null && usage.cost_usd > 0 && <span key="cost">{formatCost(usage.cost_usd, i18n.language)}</span>,
    run && run.attempt > 1 && <span key="attempt">{t('attempt', { n: run.attempt })}</span>,
  ].filter(Boolean);

  return (
    <PageHeader
      back={
        <Link to="/runs" aria-label={t('toList')} title={t('toList')} className={`${buttonClass('ghost')} -ms-2 w-8 !px-0`}>
          <ArrowLeft className="size-4 rtl:-scale-x-100" />
        </Link>
      }
      title={
        <span dir="auto" title={name} className="block truncate rtl:text-right">
          {name}
        </span>
      }
      beside={
        <>
          <RunStatusBadge status={status} />
          {simulated && (
            <Badge title={t('simulatedText')}>
              <FlaskConical aria-hidden className="size-3" />
              <span className="max-sm:sr-only">{t('simulated')}</span>
            </Badge>
          )}
        </>
      }
      description={<Joined parts={facts} />}
      actions={
        <>
          {live && cancel && (
            <Button tone="danger" icon={<Square className="size-3.5" />} busy={actions.cancelBusy} title={t('cancelRun')} onClick={cancel}>
              <span className="max-sm:sr-only">{t('cancelRun')}</span>
            </Button>
          )}
          {again && (
            <Button icon={<RotateCcw className="size-3.5" />} busy={actions.againBusy} title={t('again')} onClick={again}>
              <span className="max-sm:sr-only">{t('again')}</span>
            </Button>
          )}
          {callAgain && (
            <Button icon={<RotateCcw className="size-3.5" />} title={t('callAgain')} onClick={callAgain}>
              <span className="max-sm:sr-only">{t('callAgain')}</span>
            </Button>
          )}
          {editor && platform && (
            <a href={editor} target="_blank" rel="noreferrer" title={t('openIn', { platform })} className={buttonClass('plain')}>
              <ExternalLink aria-hidden className="size-3.5" />
              <span className="max-xl:sr-only">{t('openIn', { platform })}</span>
            </a>
          )}
          <Menu
            label={t('more')}
            items={menu}
            trigger={(props) => (
              <IconButton label={t('more')} {...props}>
                <Ellipsis className="size-4" />
              </IconButton>
            )}
          />
        </>
      }
    />
  );
});

function Joined({ parts }: { parts: ReactNode[] }) {
  return (
    <>
      {parts.map((part, at) => (
        <span key={at}>
          {at > 0 && <span className="mx-1.5 text-faint">·</span>}
          {part}
        </span>
      ))}
    </>
  );
}
