import { useMutation, useQueryClient } from '@tanstack/react-query';
import { TriangleAlert } from 'lucide-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, body } from '@/api/client';
import { keys } from '@/api/queries';
import { Button, CodeBlock, Dialog, Field, Input, Problem } from '@/ui';

/** Makes a token, and shows its text the one time that it can be seen. */
export function NewTokenDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  // What was shown goes with the dialog.
  return open ? <Making onClose={onClose} /> : null;
}

function Making({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(['settings', 'common']);
  const client = useQueryClient();
  const form = useId();
  const [name, setName] = useState('');
  const make = useMutation({
    mutationFn: () => body(api.POST('/api/v1/tokens', { body: { name: name.trim() } })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.tokens }),
  });
  const made = make.data;
  const footer = made ? (
    <Button tone="primary" onClick={onClose}>
      {t('keptIt')}
    </Button>
  ) : (
    <>
      <Button onClick={onClose}>{t('common:cancel')}</Button>
      <Button tone="primary" type="submit" form={form} busy={make.isPending}>
        {t('make')}
      </Button>
    </>
  );
  return (
    // Once it is made, only the button closes: a slip of the hand would lose it.
    <Dialog open onClose={() => !made && onClose()} title={made ? t('tokenMade') : t('newToken')} description={made ? undefined : t('newTokenText')} footer={footer}>
      {made ? (
        <div className="flex flex-col gap-3">
          <p role="status" className="flex items-start gap-2 text-sm">
            <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
            {t('onceOnly')}
          </p>
          <CodeBlock code={made.text} wrap label={t('tokenMade')} />
          <p className="text-xs text-muted">{t('howToUse')}</p>
          <CodeBlock code={`Authorization: Bearer ${made.text}`} wrap label={t('howToUse')} />
        </div>
      ) : (
        <form
          id={form}
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim() !== '') make.mutate();
          }}
          className="flex flex-col gap-3"
        >
          <Field label={t('whatFor')} hint={t('whatForHint')}>
            {(control) => <Input {...control} autoFocus required maxLength={80} dir="auto" value={name} onChange={(event) => setName(event.target.value)} />}
          </Field>
          {make.isError && <Problem error={make.error} />}
        </form>
      )}
    </Dialog>
  );
}
