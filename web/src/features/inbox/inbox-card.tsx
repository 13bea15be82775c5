import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { LogIn, MessageCircleQuestion, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { backendsQuery } from '@/api/queries';
import { SignIn } from '@/features/backends';
import { QuestionCard } from '@/features/questions';
import { Ago, buttonClass, Card, PlatformMark, Skeleton } from '@/ui';
import type { InboxItem } from './query';

/** One thing that waits: who asks, since when, and what there is to do. */
export function InboxCard({ item }: { item: InboxItem }) {
  switch (item.kind) {
    case 'question':
      return <Question item={item} />;
    case 'sign_in':
      return <SignInNeeded item={item} />;
    case 'tool_changed':
      return <ToolChanged item={item} />;
  }
}

function Head({ icon, title, backend, backendId, at, end }: { icon: ReactNode; title: ReactNode; backend: string; backendId?: string; at: string; end?: ReactNode }) {
  const platform = useQuery({ ...backendsQuery, select: (all) => all.find((one) => one.id === backendId)?.platform }).data;
  return (
    <header className="flex min-w-0 items-center gap-3 px-4 py-2.5">
      {platform ? <PlatformMark platform={platform} /> : <span className="flex size-7 shrink-0 items-center justify-center rounded-md bg-hover text-muted [&_svg]:size-4">{icon}</span>}
      <div className="min-w-0 flex-1">
        <h2 dir="auto" className="truncate text-sm font-semibold">
          {title}
        </h2>
        <p className="truncate text-xs text-muted">
          <bdi>{backend}</bdi> · <Ago at={at} />
        </p>
      </div>
      {end}
    </header>
  );
}

function Question({ item }: { item: Extract<InboxItem, { kind: 'question' }> }) {
  const { t } = useTranslation('inbox');
  const { run, question, backend, asked_at } = item;
  const link = run.conversation_id ? (
    <Link to="/chat/$id" params={{ id: run.conversation_id }} className={buttonClass('ghost', 'sm')}>
      {t('openChat')}
    </Link>
  ) : (
    <Link to="/runs/$id" params={{ id: run.id }} className={buttonClass('ghost', 'sm')}>
      {t('openRun')}
    </Link>
  );
  return (
    <Card className="min-w-0">
      <Head icon={<MessageCircleQuestion />} title={run.workflow_name} backend={backend} backendId={run.backend_id} at={asked_at} end={link} />
      <div className="px-3 pb-3">
        <QuestionCard runId={run.id} question={question} />
      </div>
    </Card>
  );
}

function SignInNeeded({ item }: { item: Extract<InboxItem, { kind: 'sign_in' }> }) {
  const { t } = useTranslation('inbox');
  const backend = useQuery({ ...backendsQuery, select: (all) => all.find((one) => one.id === item.backend_id) }).data;
  const link = (
    <Link to="/backends/$id" params={{ id: item.backend_id }} className={buttonClass('ghost', 'sm')}>
      {t('openBackend')}
    </Link>
  );
  return (
    <Card className="min-w-0">
      <Head icon={<LogIn />} title={t('signIn', { name: item.backend })} backend={item.backend} backendId={item.backend_id} at={item.asked_at} end={link} />
      <div className="px-3 pb-3">{backend ? <SignIn backend={backend} /> : <Skeleton className="h-16 w-full" />}</div>
    </Card>
  );
}

function ToolChanged({ item }: { item: Extract<InboxItem, { kind: 'tool_changed' }> }) {
  const { t } = useTranslation('inbox');
  const link = (
    <Link to="/tools/$id" params={{ id: item.tool_id }} className={buttonClass('plain', 'sm')}>
      {t('look')}
    </Link>
  );
  return (
    <Card className="min-w-0">
      <Head icon={<TriangleAlert />} title={t('toolChanged', { name: item.tool })} backend={item.backend} at={item.asked_at} end={link} />
      <p className="px-4 pb-3 text-sm text-muted">{t('toolChangedText')}</p>
    </Card>
  );
}
