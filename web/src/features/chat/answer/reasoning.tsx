import { Brain, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cn } from '@/lib/cn';
import { Markdown } from '@/features/markdown';

/** What a model thought: folded, with its last words while it thinks. */
export function Reasoning({ text, grows }: { text: string; grows: boolean }) {
  const { t } = useTranslation('chat');
  const [open, setOpen] = useState(false);
  const last = text.slice(-200).trimEnd().split('\n').at(-1);
  return (
    <div className="min-w-0">
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="-ms-1.5 flex min-h-6 max-w-full items-center gap-1.5 rounded px-1.5 text-xs text-muted hover:bg-hover hover:text-ink"
      >
        <Brain aria-hidden className={cn('size-3.5 shrink-0', grows && 'animate-pulse-soft text-accent')} />
        <span className="shrink-0">{grows ? t('thinking') : t('thought')}</span>
        {!open && (
          <span dir="auto" className="min-w-0 truncate text-faint">
            {grows ? last : text.slice(0, 120)}
          </span>
        )}
        <ChevronRight aria-hidden className={cn('size-3.5 shrink-0 transition-transform rtl:-scale-x-100', open && 'rotate-90 rtl:-rotate-90')} />
      </button>
      {open && <Markdown text={text} grows={grows} className="mt-1.5 border-s-2 ps-3 text-sm text-muted" />}
    </div>
  );
}
