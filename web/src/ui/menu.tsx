import { useId, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { cn } from '@/lib/cn';
import { place } from './place';

export interface MenuItem {
  key: string;
  label: ReactNode;
  icon?: ReactNode;
  danger?: boolean;
  disabled?: boolean;
  /** Marks the chosen one of several. */
  checked?: boolean;
  onSelect: () => void;
}

export interface MenuProps {
  /** The button that opens it; gets what it needs as props. */
  trigger: (props: { 'aria-haspopup': 'menu'; 'aria-expanded': boolean; 'aria-controls': string; onClick(): void; ref: React.Ref<HTMLButtonElement> }) => ReactNode;
  /** `null` draws a line. */
  items: readonly (MenuItem | null)[];
  label: string;
}

/** A menu in the browser's top layer, walked with the arrow keys. */
export function Menu({ trigger, items, label }: MenuProps) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (!open || !menu.current || !button.current) return;
    menu.current.showPopover();
    place(menu.current, button.current);
    menu.current.querySelector<HTMLElement>('[role^=menuitem]:not(:disabled)')?.focus();
  }, [open]);
  const close = () => {
    menu.current?.hidePopover();
    button.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const all = [...(menu.current?.querySelectorAll<HTMLElement>('[role^=menuitem]:not(:disabled)') ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    const steps: Record<string, number> = { ArrowDown: (at + 1) % all.length, ArrowUp: at - 1, Home: 0, End: -1 };
    const to = steps[event.key];
    if (to !== undefined) {
      event.preventDefault();
      all.at(to)?.focus();
    } else if (event.key === 'Tab') {
      close();
    } else if (event.key.length === 1) {
      all.find((item) => item.textContent.trim().toLowerCase().startsWith(event.key.toLowerCase()))?.focus();
    }
  };
  return (
    <>
      {trigger({ 'aria-haspopup': 'menu', 'aria-expanded': open, 'aria-controls': id, onClick: () => setOpen(true), ref: button })}
      {open && (
        <div
          ref={menu}
          id={id}
          role="menu"
          aria-label={label}
          popover="auto"
          tabIndex={-1}
          onKeyDown={onKeyDown}
          onToggle={(event) => event.newState === 'closed' && setOpen(false)}
          className="max-h-[60dvh] max-w-80 min-w-44 overflow-y-auto rounded-lg border bg-raised p-1 text-ink shadow-pop"
        >
          {items.map((item, at) =>
            item === null ? (
              <div key={`line-${at}`} role="separator" className="my-1 border-t" />
            ) : (
              <button
                key={item.key}
                type="button"
                role={item.checked === undefined ? 'menuitem' : 'menuitemradio'}
                aria-checked={item.checked}
                disabled={item.disabled}
                onClick={() => {
                  close();
                  item.onSelect();
                }}
                className={cn(
                  'flex min-h-8 w-full items-center gap-2 rounded px-2 py-1 text-start text-sm outline-none hover:bg-hover focus:bg-hover disabled:opacity-50',
                  item.danger && 'text-bad',
                  item.checked && 'font-medium text-accent',
                )}
              >
                {item.icon}
                <span className="min-w-0 flex-1 truncate">{item.label}</span>
              </button>
            ),
          )}
        </div>
      )}
    </>
  );
}
