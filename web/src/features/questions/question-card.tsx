import { Check, ExternalLink, Hourglass, MessageCircleQuestion } from 'lucide-react';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { InputRequired } from '@/api/types';
import { Markdown } from '@/features/markdown';
import { cn } from '@/lib/cn';
import { Problem, Spinner } from '@/ui';
import { ChoiceAnswer } from './choice-answer';
import { Countdown } from './countdown';
import { ExternalAnswer } from './external-answer';
import { FormAnswer } from './form-answer';
import { ResumeAnswer } from './resume-answer';
import { TextAnswer } from './text-answer';
import { useAnswer, type Answer } from './use-answer';

export interface QuestionCardProps {
  runId: string;
  question: InputRequired;
  className?: string;
}

/** What an answer's controls get. */
export interface AnswerProps {
  question: InputRequired;
  busy: boolean;
  /** What the hub said to the answer before. */
  error: Error | null;
  onAnswer: (answer: Answer) => void;
}

const CONTROLS = {
  choice: ChoiceAnswer,
  text: TextAnswer,
  form: FormAnswer,
  resume: ResumeAnswer,
  external: ExternalAnswer,
  timer: undefined,
} satisfies Record<InputRequired['kind'], unknown>;

const ICONS = { choice: MessageCircleQuestion, text: MessageCircleQuestion, form: MessageCircleQuestion, resume: MessageCircleQuestion, timer: Hourglass, external: ExternalLink };

/** A pause of a run, answered where it is shown. It goes when the run's log says that the pause is over. */
export function QuestionCard({ runId, question, className }: QuestionCardProps) {
  const { t } = useTranslation('questions');
  const id = useId();
  const answer = useAnswer(runId, question.request_id);
  const Controls = CONTROLS[question.kind];
  const Icon = ICONS[question.kind];
  const asksPerson = question.kind !== 'timer';
  return (
    <div
      role="group"
      aria-labelledby={id}
      data-question={question.kind}
      className={cn('min-w-0 rounded-lg border shadow-card', asksPerson ? 'border-warn-solid/50 bg-warn-soft/50' : 'bg-surface', className)}
    >
      <header className="flex flex-wrap items-center gap-x-2 gap-y-1 px-4 pt-3">
        <Icon aria-hidden className={cn('size-4 shrink-0', asksPerson ? 'text-warn' : 'text-muted')} />
        <p id={id} className={cn('flex-1 text-sm font-medium', asksPerson ? 'text-warn' : 'text-muted')}>
          {t(`kind.${question.kind}`)}
        </p>
        {question.expires_at && <Countdown until={question.expires_at} goesOn={!asksPerson} />}
      </header>
      <div className="flex min-w-0 flex-col gap-3 px-4 pt-2 pb-4">
        <Markdown text={question.prompt} />
        {answer.isSuccess ? (
          <p role="status" className="flex items-center gap-2 text-sm text-muted">
            <Check aria-hidden className="size-4 text-ok" />
            {t('taken')}
            <Spinner className="size-3" />
          </p>
        ) : (
          Controls && <Controls question={question} busy={answer.isPending} error={answer.error} onAnswer={(given) => answer.mutate(given)} />
        )}
        {answer.error && <Problem error={answer.error} />}
      </div>
    </div>
  );
}
