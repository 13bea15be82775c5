import { X } from 'lucide-react';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { cn } from '@/lib/cn';
import { IconButton, Kbd, useModal } from '@/ui';
import { WorkflowSelector, type WorkflowSelectorProps } from './selector';

export interface WorkflowDialogProps extends Omit<WorkflowSelectorProps, 'className'> {
  open: boolean;
  onClose: () => void;
  title?: string;
}

/** The selector above the page; on a phone it takes the whole of it. */
export function WorkflowDialog({ open, onClose, title, ...selector }: WorkflowDialogProps) {
  const { t } = useTranslation(['workflows', 'common']);
  const id = useId();
  const ref = useModal(open);
  if (!open) return null;
  return (
    <dialog
      ref={ref}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={(event) => event.target === event.currentTarget && onClose()}
      className={cn(
        'h-[min(44rem,88dvh)] w-[calc(100%-2rem)] max-w-5xl overflow-hidden rounded-xl border bg-raised p-0 text-ink shadow-pop',
        'max-md:m-0 max-md:h-dvh max-md:max-h-none max-md:w-full max-md:max-w-none max-md:rounded-none max-md:border-0',
      )}
    >
      <div className="flex h-full min-h-0 flex-col">
        <header className="flex items-center gap-3 ps-4 pe-3 pt-3">
          <h2 id={id} className="min-w-0 flex-1 truncate text-lg font-semibold">
            {title ?? t('workflows:chooseTitle')}
          </h2>
          <IconButton label={t('common:close')} size="sm" onClick={onClose}>
            <X className="size-4" />
          </IconButton>
        </header>
        <WorkflowSelector {...selector} className="flex-1" />
        <footer className="hidden items-center gap-4 border-t px-4 py-2 text-xs text-muted md:flex">
          <span className="inline-flex items-center gap-1.5">
            <Kbd keys="arrowup arrowdown" /> {t('workflows:keys.move')}
          </span>
          <span className="inline-flex items-center gap-1.5">
            <Kbd keys="enter" /> {t('workflows:keys.choose')}
          </span>
          <span className="inline-flex items-center gap-1.5">
            <Kbd keys="alt+f" /> {t('workflows:keys.star')}
          </span>
        </footer>
      </div>
    </dialog>
  );
}
