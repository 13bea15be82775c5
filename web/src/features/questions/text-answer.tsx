import { CornerDownLeft } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button, Field, Textarea } from '@/ui';
import type { AnswerProps } from './question-card';

/** Free text. Enter sends, as in a chat. */
export function TextAnswer({ busy, onAnswer }: AnswerProps) {
  const { t } = useTranslation('questions');
  const [text, setText] = useState('');
  const send = () => text.trim() !== '' && !busy && onAnswer({ text });
  return (
    <form
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Field label={t('yourAnswer')}>
        {(control) => (
          <Textarea
            {...control}
            dir="auto"
            rows={2}
            value={text}
            disabled={busy}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
              event.preventDefault();
              send();
            }}
          />
        )}
      </Field>
      <Button type="submit" tone="primary" busy={busy} disabled={text.trim() === ''} className="self-start" icon={<CornerDownLeft className="size-4 rtl:-scale-x-100" />}>
        {t('send')}
      </Button>
    </form>
  );
}
