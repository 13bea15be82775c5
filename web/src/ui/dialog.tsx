import { X } from 'lucide-react';
import { useEffect, useId, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { cn } from '@/lib/cn';
import { Button, IconButton } from './button';

export interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  description?: ReactNode;
  children?: ReactNode;
  /** Buttons at the end. */
  footer?: ReactNode;
  size?: 'sm' | 'md' | 'lg' | 'xl';
}

const SIZES = { sm: 'max-w-sm', md: 'max-w-lg', lg: 'max-w-2xl', xl: 'max-w-4xl' };

/** The browser's own dialog: keeps the focus inside, closes with Escape, and gives the focus back. */
export function Dialog({ open, onClose, title, description, children, footer, size = 'md' }: DialogProps) {
  const { t } = useTranslation();
  const id = useId();
  const ref = useModal(open);
  if (!open) return null;
  return (
    <dialog
      ref={ref}
      tabIndex={-1}
      aria-labelledby={`${id}-title`}
      aria-describedby={description ? `${id}-text` : undefined}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={(event) => event.target === event.currentTarget && onClose()}
      className={cn('w-[calc(100%-2rem)] rounded-xl border bg-raised p-0 text-ink shadow-pop outline-none', SIZES[size])}
    >
      <div className="flex max-h-[85dvh] flex-col">
        <header className="flex items-start gap-3 border-b px-5 py-3.5">
          <div className="min-w-0 flex-1">
            <h2 id={`${id}-title`} className="text-lg font-semibold">
              {title}
            </h2>
            {description && (
              <p id={`${id}-text`} dir="auto" className="mt-0.5 text-sm text-muted">
                {description}
              </p>
            )}
          </div>
          <IconButton label={t('close')} size="sm" onClick={onClose}>
            <X className="size-4" />
          </IconButton>
        </header>
        {children && <div data-body className="min-h-0 flex-1 overflow-y-auto px-5 py-4">{children}</div>}
        {footer && <footer className="flex flex-wrap justify-end gap-2 border-t px-5 py-3">{footer}</footer>}
      </div>
    </dialog>
  );
}

/** Opens a `<dialog>` above everything as long as `open` holds. */
export function useModal(open: boolean) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    if (!open || !ref.current) return undefined;
    ref.current.showModal();
    firstOf(ref.current).focus();
    // The dialog goes with its element, so the browser cannot give the focus back by itself.
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [open]);
  return ref;
}

/** Where to begin: what asks for it, else the first thing to fill in or press; not the button that closes. */
function firstOf(dialog: HTMLDialogElement): HTMLElement {
  const wanted = ['[data-autofocus]', 'input, select, textarea', '[data-body] :is(button, a, summary)', 'footer button'];
  const found = wanted.map((selector) => dialog.querySelector<HTMLElement>(selector)).find((element) => element !== null);
  return found ?? dialog;
}

export interface ConfirmProps {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  children: ReactNode;
  /** The word on the button: what will be done. */
  action: string;
  danger?: boolean;
  busy?: boolean;
  onConfirm: () => void;
}

/** Asks before something that cannot be undone. */
export function ConfirmDialog({ open, onClose, title, children, action, danger, busy, onConfirm }: ConfirmProps) {
  const { t } = useTranslation();
  const footer = (
    <>
      <Button onClick={onClose}>{t('cancel')}</Button>
      <Button tone={danger ? 'danger' : 'primary'} busy={busy} onClick={onConfirm}>
        {action}
      </Button>
    </>
  );
  return (
    <Dialog open={open} onClose={onClose} title={title} size="sm" footer={footer}>
      <div className="text-sm text-muted">{children}</div>
    </Dialog>
  );
}
