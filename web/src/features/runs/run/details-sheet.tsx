import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton, useModal } from '@/ui';

/** The details over the page, where there is no room beside the view. */
export function DetailsSheet({ open, onClose, children }: { open: boolean; onClose: () => void; children: ReactNode }) {
  const { t } = useTranslation(['runs', 'common']);
  const ref = useModal(open);
  if (!open) return null;
  return (
    <dialog
      ref={ref}
      aria-label={t('runs:details.title')}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={(event) => event.target === event.currentTarget && onClose()}
      className="m-0 ms-auto mt-auto h-[85dvh] max-h-none w-full max-w-none rounded-t-xl border-t bg-surface p-0 text-ink shadow-pop md:h-dvh md:w-[32rem] md:rounded-none md:border-s md:border-t-0"
    >
      <div className="flex h-full flex-col">
        <div className="flex shrink-0 items-center justify-between border-b py-1 ps-4 pe-2">
          <span className="text-xs font-medium text-muted">{t('runs:details.title')}</span>
          <IconButton label={t('common:close')} onClick={onClose}>
            <X className="size-4" />
          </IconButton>
        </div>
        <div className="min-h-0 flex-1">{children}</div>
      </div>
    </dialog>
  );
}
