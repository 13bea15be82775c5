import { CircleCheck, CircleSlash } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { InputRequired, Schemas } from '@/api/types';

/** A pause that is over, in one line: what was asked, and what became of it. */
export function ResolvedQuestion({ question, resolution }: { question: InputRequired; resolution: Schemas['InputResolved'] }) {
  const { t } = useTranslation('questions');
  const label = question.choices?.find((choice) => choice.id === resolution.choice)?.label ?? resolution.choice;
  const byAnswer = resolution.by === 'answer';
  const Icon = byAnswer ? CircleCheck : CircleSlash;
  return (
    <div className="flex min-w-0 items-start gap-2 rounded-md border bg-surface px-3 py-2 text-sm">
      <Icon aria-hidden className={byAnswer ? 'mt-0.5 size-4 shrink-0 text-ok' : 'mt-0.5 size-4 shrink-0 text-faint'} />
      <div className="min-w-0 flex-1">
        <p dir="auto" className="line-clamp-2 break-words text-muted">
          {question.prompt}
        </p>
        <p className="font-medium">{byAnswer && label ? t('answeredWith', { label }) : t(`resolved.${resolution.by}`)}</p>
      </div>
    </div>
  );
}
