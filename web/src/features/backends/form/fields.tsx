import { useTranslation } from 'react-i18next';
import type { PlatformInfo } from '@/api/types';
import { asProblem } from '@/api/problem';
import { Field, Input, Problem } from '@/ui';
import { fieldOf, type Draft } from './draft';
import { isLocal, LocalProgram, mayBeLocal, PlaceChoice } from './local-program';
import { Options } from './options';
import { Secrets } from './secrets';

export interface FieldsProps {
  platform: PlatformInfo;
  draft: Draft;
  stored?: readonly string[];
  /** What the hub said against it. */
  error: unknown;
  onChange: (change: Partial<Draft>) => void;
}

/** The fields of a backend: name and address, then what the schemas of its platform ask for. */
export function Fields({ platform, draft, stored = [], error, onChange }: FieldsProps) {
  const { t } = useTranslation('backends');
  const problem = error == null ? undefined : asProblem(error);
  const field = fieldOf(problem);
  const fault = problem && field ? { field, text: problem.hint ? `${problem.message} ${problem.hint}` : problem.message } : undefined;
  return (
    <div className="flex flex-col gap-4">
      {problem && !fault && <Problem error={problem} />}
      {mayBeLocal(platform) && <PlaceChoice draft={draft} onChange={onChange} />}
      <div className="grid gap-4 sm:grid-cols-[1fr_2fr]">
        <Field label={t('name')} error={fault?.field === 'name' ? fault.text : undefined}>
          {(control) => <Input {...control} required maxLength={80} dir="auto" value={draft.name} onChange={(event) => onChange({ name: event.target.value })} />}
        </Field>
        {!isLocal(draft) && (
          <Field label={t('address')} hint={t(platform.platform === 'mcp' ? 'addressHintMcp' : 'addressHint')} error={fault?.field === 'base_url' ? fault.text : undefined}>
            {(control) => (
              <Input
                {...control}
                required
                data-autofocus
                dir="ltr"
                inputMode="url"
                placeholder={platform.base_url_example}
                value={draft.base_url}
                onChange={(event) => onChange({ base_url: event.target.value })}
              />
            )}
          </Field>
        )}
      </div>
      {isLocal(draft) && <LocalProgram draft={draft} onChange={onChange} />}
      <Secrets platform={platform} draft={draft} stored={stored} onChange={onChange} fault={fault} />
      <Options platform={platform} draft={draft} onChange={onChange} fault={fault} />
    </div>
  );
}
