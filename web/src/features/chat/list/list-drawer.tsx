import { X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { IconButton, useModal } from '@/ui';
import { ConversationList } from './conversation-list';

/** The list above the page, where there is no room beside it. */
export function ListDrawer({ open, onClose, current }: { open: boolean; onClose: () => void; current: string | undefined }) {
  const { t } = useTranslation(['chat', 'common']);
  const ref = useModal(open);
  if (!open) return null;
  return (
    <dialog
      ref={ref}
      aria-label={t('chat:conversations')}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={(event) => event.target === event.currentTarget && onClose()}
      className="m-0 h-dvh max-h-none w-[min(20rem,88vw)] border-e bg-surface p-0 text-ink shadow-pop rtl:me-auto rtl:ms-0"
    >
      <div className="flex h-full flex-col">
        <div className="flex h-12 shrink-0 items-center justify-between ps-4 pe-2">
          <span className="font-semibold">{t('chat:conversations')}</span>
          <IconButton label={t('common:close')} onClick={onClose}>
            <X className="size-4" />
          </IconButton>
        </div>
        <ConversationList current={current} onGo={onClose} />
      </div>
    </dialog>
  );
}
