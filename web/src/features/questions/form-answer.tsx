import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { asProblem } from '@/api/problem';
import { faultsBelow, faultsOf, SchemaForm } from '@/features/schema-form';
import { Button } from '@/ui';
import { ChoiceButtons } from './choice-buttons';
import type { AnswerProps } from './question-card';

/** Fields from the peer's schema; what the hub finds wrong is shown at them. */
export function FormAnswer({ question, busy, error, onAnswer }: AnswerProps) {
  const { t } = useTranslation('questions');
  const [data, setData] = useState<unknown>();
  // The first choice is what sending means; the others need no fields.
  const [send, ...others] = question.choices ?? [];
  const faults = error ? faultsBelow(faultsOf(asProblem(error)), '/answer/data') : undefined;
  return (
    <form
      className="flex min-w-0 flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        onAnswer({ data: data ?? {}, ...(send && { choice: send.id }) });
      }}
    >
      <SchemaForm schema={question.schema} value={data} onChange={setData} faults={faults} label={t('yourAnswer')} disabled={busy} />
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" tone="primary" busy={busy}>
          {send ? <bdi>{send.label}</bdi> : t('send')}
        </Button>
        <ChoiceButtons choices={others} busy={busy} onChoose={(choice) => onAnswer({ choice })} />
      </div>
    </form>
  );
}
