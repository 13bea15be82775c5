import { Braces, Play } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button, Field, Textarea } from '@/ui';
import type { AnswerProps } from './question-card';

/** A bare “go on”; data may go with it where the peer waits for a call. */
export function ResumeAnswer({ busy, onAnswer }: AnswerProps) {
  const { t } = useTranslation(['questions', 'common']);
  const [json, setJson] = useState<string>();
  const data = parsed(json);
  return (
    <div className="flex flex-col gap-3">
      {json !== undefined && (
        <Field label={t('questions:data')} optional={t('common:optional')} error={data.bad ? t('questions:badJson') : undefined} hint={t('questions:dataHint')}>
          {(control) => <Textarea {...control} autoFocus dir="ltr" rows={4} className="font-mono" value={json} onChange={(event) => setJson(event.target.value)} />}
        </Field>
      )}
      <div className="flex flex-wrap items-center gap-2">
        <Button
          tone="primary"
          busy={busy}
          disabled={data.bad}
          icon={<Play className="size-4 rtl:-scale-x-100" />}
          onClick={() => onAnswer(data.value === undefined ? {} : { data: data.value })}
        >
          {t('questions:goOn')}
        </Button>
        {json === undefined && (
          <Button tone="ghost" size="sm" disabled={busy} icon={<Braces className="size-3.5" />} onClick={() => setJson('')}>
            {t('questions:addData')}
          </Button>
        )}
      </div>
    </div>
  );
}

function parsed(json: string | undefined): { value?: unknown; bad: boolean } {
  if (json === undefined || json.trim() === '') return { bad: false };
  try {
    return { value: JSON.parse(json) as unknown, bad: false };
  } catch {
    return { bad: true };
  }
}
