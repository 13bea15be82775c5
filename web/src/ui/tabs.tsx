import { useId, useRef, type KeyboardEvent, type ReactNode } from 'react';
import { cn } from '@/lib/cn';

export interface Tab<Key extends string> {
  key: Key;
  label: ReactNode;
  /** A figure behind the label. */
  count?: number;
}

export interface TabsProps<Key extends string> {
  label: string;
  tabs: readonly Tab<Key>[];
  value: Key;
  onChange: (key: Key) => void;
  /** The panel of the chosen tab. */
  children: ReactNode;
  className?: string;
  panelClassName?: string;
  /** At the end of the row of tabs. */
  end?: ReactNode;
}

/** Tabs with the arrow keys of the pattern; the panel belongs to the chosen one. */
export function Tabs<Key extends string>({ label, tabs, value, onChange, children, className, panelClassName, end }: TabsProps<Key>) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const at = tabs.findIndex((tab) => tab.key === value);
    const forward = document.documentElement.dir === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
    const back = forward === 'ArrowRight' ? 'ArrowLeft' : 'ArrowRight';
    const steps: Record<string, number> = { [forward]: at + 1, [back]: at - 1, Home: 0, End: tabs.length - 1 };
    const to = steps[event.key];
    const tab = to === undefined ? undefined : tabs.at(to % tabs.length);
    if (!tab) return;
    event.preventDefault();
    onChange(tab.key);
    list.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(tab.key)}"]`)?.focus();
  };
  return (
    <div className={cn('flex min-h-0 min-w-0 flex-col', className)}>
      <div className="flex shrink-0 items-center gap-2 border-b bg-surface">
        <div ref={list} role="tablist" aria-label={label} onKeyDown={onKeyDown} className="flex min-w-0 flex-1 gap-1 overflow-x-auto scroll-thin px-1 md:px-3">
          {tabs.map((tab) => (
            <button
              key={tab.key}
              type="button"
              role="tab"
              id={`${id}-${tab.key}`}
              data-key={tab.key}
              aria-selected={tab.key === value}
              aria-controls={tab.key === value ? `${id}-panel` : undefined}
              tabIndex={tab.key === value ? 0 : -1}
              onClick={() => onChange(tab.key)}
              className={cn(
                'inline-flex h-9 shrink-0 items-center gap-1.5 border-b-2 px-2.5 text-sm -outline-offset-2 transition-colors',
                tab.key === value ? 'border-accent font-medium text-ink' : 'border-transparent text-muted hover:text-ink',
              )}
            >
              {tab.label}
              {tab.count !== undefined && <span className="rounded bg-hover px-1 text-2xs text-muted tabular-nums">{tab.count}</span>}
            </button>
          ))}
        </div>
        {end}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${value}`} className={cn('min-h-0 flex-1', panelClassName)}>
        {children}
      </div>
    </div>
  );
}

/** A choice among few, as a row of buttons. */
export function Segmented<Key extends string>({ label, options, value, onChange }: { label: string; options: readonly Tab<Key>[]; value: Key; onChange: (key: Key) => void }) {
  return (
    <div role="radiogroup" aria-label={label} className="inline-flex self-start rounded-md border bg-sunken p-0.5">
      {options.map((option) => (
        <button
          key={option.key}
          type="button"
          role="radio"
          aria-checked={option.key === value}
          onClick={() => onChange(option.key)}
          className={cn(
            'inline-flex h-6 items-center gap-1 rounded px-2 text-xs transition-colors',
            option.key === value ? 'bg-surface font-medium text-ink shadow-card' : 'text-muted hover:text-ink',
          )}
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}
