import type { ReactNode } from 'react';
import { cn } from '@/lib/cn';
import { useTitle } from '@/lib/title';

export interface PageHeaderProps {
  title: ReactNode;
  /** The title in plain words, for the browser's tab, where `title` is more than a text. */
  name?: string;
  /** Beside the title: badges. */
  beside?: ReactNode;
  description?: ReactNode;
  /** In front of the title: a way back. */
  back?: ReactNode;
  /** Buttons at the end. */
  actions?: ReactNode;
}

/** The head of a page: where one is, and what can be done here. */
export function PageHeader({ title, name, beside, description, back, actions }: PageHeaderProps) {
  useTitle(name ?? (typeof title === 'string' ? title : undefined));
  return (
    <header className="flex min-h-14 shrink-0 flex-wrap items-center gap-x-3 gap-y-2 border-b bg-surface px-4 py-2.5 md:px-6">
      {back}
      <div className="min-w-0 flex-1">
        <div className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
          <h1 className="max-w-full truncate text-lg font-semibold">{title}</h1>
          {beside}
        </div>
        {description && <p className="truncate text-xs text-muted">{description}</p>}
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  );
}

/** The part of a page below its head that scrolls. */
export function PageBody({ children, className, narrow = false }: { children: ReactNode; className?: string; narrow?: boolean }) {
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <div className={cn('px-4 py-5 md:px-6', narrow && 'mx-auto max-w-3xl', className)}>{children}</div>
    </div>
  );
}

export function Card({ children, className }: { children: ReactNode; className?: string }) {
  return <div className={cn('rounded-lg border bg-surface shadow-card', className)}>{children}</div>;
}
