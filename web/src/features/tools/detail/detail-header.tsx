import { Link, useSearch } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { cn } from '@/lib/cn';
import { useTitle } from '@/lib/title';
import { buttonClass, CopyButton } from '@/ui';
import { toolsSearch } from '../search';

export interface DetailHeaderProps {
  title: string;
  /** The name or address, in the letters of a machine. */
  name: string;
  backend: string;
  backendId: string;
  beside?: ReactNode;
}

/** What is shown, whose it is, and on a phone the way back to the list. */
export function DetailHeader({ title, name, backend, backendId, beside }: DetailHeaderProps) {
  const { t } = useTranslation(['tools', 'common']);
  useTitle(title);
  const search = toolsSearch(useSearch({ strict: false }));
  return (
    <header className="flex shrink-0 items-start gap-2 border-b bg-surface px-4 py-2.5 md:px-6">
      <Link
        to="/tools"
        search={{ q: search.q, backend: search.backend, status: search.status, tab: search.tab }}
        aria-label={t('common:back')}
        className={cn(buttonClass('ghost'), 'w-8 !px-0 lg:hidden')}
      >
        <ArrowLeft className="size-4 rtl:-scale-x-100" />
      </Link>
      <div className="min-w-0 flex-1">
        <div className="flex min-w-0 items-center gap-2">
          <h2 dir="auto" className="truncate text-lg font-semibold" title={title}>
            {title}
          </h2>
          {beside}
        </div>
        <div className="flex min-w-0 items-center gap-1 text-xs text-muted">
          <Link to="/backends/$id" params={{ id: backendId }} className="max-w-40 shrink-0 truncate rounded hover:text-ink hover:underline">
            <bdi>{backend}</bdi>
          </Link>
          <span aria-hidden className="text-faint">
            ·
          </span>
          <code dir="ltr" className="min-w-0 truncate font-mono">
            {name}
          </code>
          <CopyButton text={name} label={t('copyName')} className="-my-1 size-6" />
        </div>
      </div>
    </header>
  );
}
