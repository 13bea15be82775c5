import { CircleAlert, RotateCw, WifiOff } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { asProblem } from '@/api/problem';
import { hubPath } from '@/lib/base';
import { cn } from '@/lib/cn';
import { Button } from './button';

export interface ProblemProps {
  /** Whatever was thrown. */
  error: unknown;
  /** Offers to try again. */
  onRetry?: () => void;
  className?: string;
}

/** An error as the hub tells it: what happened, what to do, and where to read more. */
export function Problem({ error, onRetry, className }: ProblemProps) {
  const { t } = useTranslation();
  const problem = asProblem(error);
  const offline = problem.code === 'offline';
  const Icon = offline ? WifiOff : CircleAlert;
  return (
    <div role="alert" className={cn('flex gap-3 rounded-lg border border-bad/30 bg-bad-soft px-4 py-3 text-sm', className)}>
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />
      <div className="min-w-0 flex-1">
        <p className="font-medium text-bad">{offline ? t('problem.offline') : (problem.title ?? t('problem.title'))}</p>
        <p dir="auto" className="mt-0.5 break-words">{offline ? t('problem.offlineText') : problem.message}</p>
        {problem.hint && <p dir="auto" className="mt-1 break-words text-muted">{problem.hint}</p>}
        <div className="mt-2 flex flex-wrap items-center gap-3">
          {onRetry && (
            <Button size="sm" icon={<RotateCw className="size-3.5" />} onClick={onRetry}>
              {t('retry')}
            </Button>
          )}
          {!offline && problem.code !== 'bad_answer' && (
            <a href={hubPath(`/api/v1/errors/${problem.code}`)} target="_blank" rel="noreferrer" className="font-mono text-xs text-muted underline underline-offset-2 hover:text-ink">
              {problem.code}
            </a>
          )}
          {problem.place && <code className="text-xs text-muted">{problem.place}</code>}
        </div>
      </div>
    </div>
  );
}
