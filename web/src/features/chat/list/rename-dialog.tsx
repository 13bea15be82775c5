import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button, Dialog, Field, Input, Problem } from '@/ui';
import { renameConversation } from '../state/conversations';

const LONGEST = 200;

/** Gives a conversation another title. */
export function RenameDialog({ id, title, onClose }: { id: string; title: string; onClose: () => void }) {
  const { t } = useTranslation(['chat', 'common']);
  const form = useId();
  const [text, setText] = useState(title);
  const rename = useMutation({ mutationFn: () => renameConversation(id, text.trim()), onSuccess: onClose });
  const footer = (
    <>
      <Button onClick={onClose}>{t('common:cancel')}</Button>
      <Button type="submit" form={form} tone="primary" busy={rename.isPending}>
        {t('common:save')}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onClose} title={t('chat:rename')} size="sm" footer={footer}>
      <form
        id={form}
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          rename.mutate();
        }}
      >
        <Field label={t('chat:renameLabel')}>
          {(control) => <Input {...control} autoFocus dir="auto" maxLength={LONGEST} value={text} onFocus={(event) => event.target.select()} onChange={(event) => setText(event.target.value)} />}
        </Field>
        {rename.error && <Problem error={rename.error} />}
      </form>
    </Dialog>
  );
}
