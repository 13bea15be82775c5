import type { ComponentProps, ReactNode } from 'react';
import { cn } from '@/lib/cn';
import { Spinner } from './spinner';

export type ButtonTone = 'plain' | 'primary' | 'ghost' | 'danger';

export interface ButtonProps extends ComponentProps<'button'> {
  tone?: ButtonTone;
  size?: 'sm' | 'md';
  /** In front of the text. */
  icon?: ReactNode;
  /** Shows that it is at work, and takes no further click. */
  busy?: boolean;
}

const TONES: Record<ButtonTone, string> = {
  plain: 'border border-line bg-surface text-ink shadow-card hover:bg-hover',
  primary: 'border border-transparent bg-accent-solid text-on-accent shadow-card hover:bg-accent-hover',
  ghost: 'border border-transparent text-muted hover:bg-hover hover:text-ink',
  danger: 'border border-line bg-surface text-bad shadow-card hover:bg-bad-soft',
};

const SIZES = { sm: 'h-7 gap-1.5 px-2.5 text-xs', md: 'h-8 gap-2 px-3 text-sm' };
const SQUARES = { sm: 'size-7', md: 'size-8' };
const SHAPE =
  'inline-flex shrink-0 select-none items-center justify-center rounded-md font-medium whitespace-nowrap transition-colors disabled:opacity-50';

/** The look of a button, for links that look like one. */
export const buttonClass = (tone: ButtonTone = 'plain', size: 'sm' | 'md' = 'md'): string =>
  cn(SHAPE, TONES[tone], SIZES[size]);

export function Button({ tone, size, icon, busy = false, className, children, disabled, ...rest }: ButtonProps) {
  return (
    <button type="button" {...rest} disabled={disabled || busy} aria-busy={busy || undefined} className={cn(buttonClass(tone, size), className)}>
      {busy ? <Spinner /> : icon}
      {children}
    </button>
  );
}

export interface IconButtonProps extends Omit<ButtonProps, 'icon' | 'children'> {
  /** Says what it does: read out, and shown as a hint. */
  label: string;
  children: ReactNode;
}

/** A button that is only a picture. */
export function IconButton({ label, tone = 'ghost', size = 'md', className, children, busy = false, disabled, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      aria-label={label}
      title={label}
      className={cn(SHAPE, TONES[tone], SQUARES[size], className)}
    >
      {busy ? <Spinner /> : children}
    </button>
  );
}
