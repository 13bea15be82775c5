import { useId, useRef, useState, type KeyboardEvent, type ReactNode, type ToggleEvent } from 'react';
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

/** What ties a button to its menu. */
export interface MenuTrigger {
  'aria-haspopup': 'menu';
  'aria-expanded': boolean;
  popoverTarget: string;
  ref: React.Ref<HTMLButtonElement>;
  onKeyDown: (event: KeyboardEvent) => void;
}

export interface MenuProps {
  /** The button that opens it; gets what it needs as props. */
  trigger: (props: MenuTrigger) => ReactNode;
  /** `null` draws a line. */
  items: readonly (MenuItem | null)[];
  label: string;
}

const ITEMS = '[role^=menuitem]:not(:disabled)';

/** A menu in the browser's top layer, walked with the arrow keys. The browser opens and closes it. */
export function Menu({ trigger, items, label }: MenuProps) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  const close = () => {
    menu.current?.hidePopover();
    button.current?.focus();
  };
  const onToggle = ({ newState, currentTarget }: ToggleEvent<HTMLDivElement>) => {
    if (newState !== 'open' || !button.current) return;
    place(currentTarget, button.current);
    if (!currentTarget.contains(document.activeElement)) currentTarget.querySelector<HTMLElement>(ITEMS)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!open) return;
    const all = [...(menu.current?.querySelectorAll<HTMLElement>(ITEMS) ?? [])];
    // A quick key comes before the first item has the focus.
    const at = Math.max(0, all.indexOf(document.activeElement as HTMLElement));
    const steps: Record<string, number> = { ArrowDown: (at + 1) % all.length, ArrowUp: at - 1, Home: 0, End: -1 };
    const to = steps[event.key];
    if (to !== undefined) {
      event.preventDefault();
      all.at(to)?.focus();
    } else if (event.key === 'Tab') {
      close();
    } else if (event.key.length === 1 && event.key !== ' ') {
      all.find((item) => item.textContent.trim().toLowerCase().startsWith(event.key.toLowerCase()))?.focus();
    }
  };
  return (
    <>
      {trigger({ 'aria-haspopup': 'menu', 'aria-expanded': open, popoverTarget: id, ref: button, onKeyDown })}
      <div
        ref={menu}
        id={id}
        role="menu"
        aria-label={label}
        popover="auto"
        tabIndex={-1}
        onKeyDown={onKeyDown}
        onBeforeToggle={(event) => setOpen(event.newState === 'open')}
        onToggle={onToggle}
        className="max-h-[60dvh] max-w-80 min-w-44 overflow-y-auto rounded-lg border bg-raised p-1 text-ink shadow-pop"
      >
        {open &&
          items.map((item, at) =>
            item === null ? <div key={`line-${at}`} role="separator" className="my-1 border-t" /> : <Item key={item.key} item={item} onChosen={close} />,
          )}
      </div>
    </>
  );
}

function Item({ item, onChosen }: { item: MenuItem; onChosen: () => void }) {
  const { label, icon, danger, disabled, checked, onSelect } = item;
  return (
    <button
      type="button"
      role={checked === undefined ? 'menuitem' : 'menuitemradio'}
      aria-checked={checked}
      disabled={disabled}
      onClick={() => {
        onChosen();
        onSelect();
      }}
      className={cn(
        'flex min-h-8 w-full items-center gap-2 rounded px-2 py-1 text-start text-sm outline-none hover:bg-hover focus:bg-hover disabled:opacity-50',
        danger && 'text-bad',
        checked && 'font-medium text-accent',
      )}
    >
      {icon}
      <span className="min-w-0 flex-1 truncate">{label}</span>
    </button>
  );
}
