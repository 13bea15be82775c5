import { MessageSquarePlus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button, Field, Textarea } from '@/ui';
import { ChoiceButtons } from './choice-buttons';
import type { AnswerProps } from './question-card';

/** Buttons, in the peer's own words; a comment goes with the chosen one where the peer takes it. */
export function ChoiceAnswer({ question, busy, onAnswer }: AnswerProps) {
  const { t } = useTranslation(['questions', 'common']);
  const [comment, setComment] = useState<string>();
  const choose = (choice: string) => {
    const text = comment?.trim();
    onAnswer(text ? { choice, text } : { choice });
  };
  return (
    <div className="flex flex-col gap-3">
      {comment !== undefined && (
        <Field label={t('questions:comment')} optional={t('common:optional')} hint={t('questions:commentHint')}>
          {(control) => <Textarea {...control} autoFocus dir="auto" rows={2} value={comment} onChange={(event) => setComment(event.target.value)} />}
        </Field>
      )}
      <div className="flex flex-wrap items-center gap-2">
        <ChoiceButtons choices={question.choices ?? []} busy={busy} first="primary" onChoose={choose} />
        {comment === undefined && (
          <Button tone="ghost" size="sm" disabled={busy} icon={<MessageSquarePlus className="size-3.5" />} onClick={() => setComment('')}>
            {t('questions:addComment')}
          </Button>
        )}
      </div>
    </div>
  );
}
