import type { ReactNode } from 'react';
import { cn } from '@/lib/cn';

export type Tone = 'neutral' | 'accent' | 'ok' | 'warn' | 'bad' | 'info';

const SOFT: Record<Tone, string> = {
  neutral: 'bg-hover text-muted',
  accent: 'bg-accent-soft text-accent',
  ok: 'bg-ok-soft text-ok',
  warn: 'bg-warn-soft text-warn',
  bad: 'bg-bad-soft text-bad',
  info: 'bg-info-soft text-info',
};

const SOLID: Record<Tone, string> = {
  neutral: 'bg-line-strong',
  accent: 'bg-accent-solid',
  ok: 'bg-ok-solid',
  warn: 'bg-warn-solid',
  bad: 'bg-bad-solid',
  info: 'bg-info-solid',
};

/** A word about a thing. */
export function Badge({ tone = 'neutral', className, title, children }: { tone?: Tone; className?: string; title?: string; children: ReactNode }) {
  return (
    <span
      title={title}
      className={cn('inline-flex h-5 max-w-full shrink-0 items-center gap-1 truncate rounded px-1.5 text-2xs font-medium whitespace-nowrap', SOFT[tone], className)}
    >
      {children}
    </span>
  );
}

/** A dot of a colour. Never the only sign of a state: put a word beside it, or a `label`. */
export function Dot({ tone = 'neutral', pulse = false, label }: { tone?: Tone; pulse?: boolean; label?: string }) {
  return (
    <span
      role={label ? 'img' : undefined}
      aria-label={label}
      aria-hidden={label ? undefined : true}
      title={label}
      className={cn('inline-block size-2 shrink-0 rounded-full', SOLID[tone], pulse && 'animate-pulse-soft')}
    />
  );
}
