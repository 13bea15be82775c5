import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { toast } from '@/lib/toasts';
import { ConfirmDialog, Problem } from '@/ui';
import { removeConversation } from '../state/conversations';

interface RemoveDialogProps {
  id: string;
  title: string;
  onClose: () => void;
  onRemoved: () => void;
}

/** Asks before a conversation is deleted. */
export function RemoveDialog({ id, title, onClose, onRemoved }: RemoveDialogProps) {
  const { t } = useTranslation('chat');
  const remove = useMutation({
    mutationFn: () => removeConversation(id),
    onSuccess: () => {
      toast({ tone: 'ok', text: t('removed') });
      onRemoved();
    },
  });
  return (
    <ConfirmDialog open onClose={onClose} title={t('removeTitle')} action={t('remove')} danger busy={remove.isPending} onConfirm={() => remove.mutate()}>
      <p className="break-words">{t('removeText', { title: title || t('untitled') })}</p>
      {remove.error && <Problem error={remove.error} className="mt-3" />}
    </ConfirmDialog>
  );
}
