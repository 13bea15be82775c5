import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { SchemaForm, type Fault } from '@/features/schema-form';
import { Field, Input, Select, Textarea } from '@/ui';
import { FileFields } from './file-fields';
import { PairFields } from './pair-fields';
import type { EntryPoint } from './rows';
import { dataSchema, isWebhook, pathFields, takesText, type RunDraft } from './run-input';

interface RunFormProps {
  entry: EntryPoint;
  draft: RunDraft;
  onChange: (draft: RunDraft) => void;
  /** Places are pointers into the body of the request: `/input/data/size`. */
  faults?: readonly Fault[];
  disabled?: boolean;
  /** The text has its place elsewhere: in a chat it is what is said. */
  withoutText?: boolean;
  raw?: 'switch' | 'beside';
}

/** Everything that goes into a run: text, fields by the schema or as JSON, files, and what else a web address takes. */
export function RunForm({ entry, draft, onChange, faults = [], disabled, withoutText = false, raw = 'switch' }: RunFormProps) {
  const { t } = useTranslation(['workflows', 'common']);
  const id = useId();
  const set = (change: Partial<RunDraft>) => onChange({ ...draft, ...change });
  const schema = dataSchema(entry);
  const below = (place: string) => faults.filter((fault) => fault.place === place || fault.place.startsWith(`${place}/`)).map((fault) => ({ ...fault, place: fault.place.slice(place.length) }));
  const at = (place: string) => faults.find((fault) => fault.place === place)?.message;
  const elsewhere = faults.filter(({ place }) => !/^\/input\/(text|data|files|path|method)/.test(place));
  return (
    <div className="flex min-w-0 flex-col gap-5">
      {elsewhere.map((fault) => (
        <p key={fault.place + fault.message} role="alert" className="text-sm text-bad">
          {fault.message}
        </p>
      ))}
      {takesText(entry) && !withoutText && (
        <Field label={t('workflows:text')} error={at('/input/text')} hint={t('workflows:textHint')}>
          {(control) => <Textarea {...control} autoFocus dir="auto" rows={3} disabled={disabled} value={draft.text} onChange={(event) => set({ text: event.target.value })} />}
        </Field>
      )}
      {pathFields(entry).map((name) => (
        <Field key={name} label={<code dir="ltr">:{name}</code>} hint={t('workflows:pathHint')} error={at(`/input/path/${name}`)}>
          {(control) => (
            <Input {...control} required dir="ltr" disabled={disabled} value={draft.path[name] ?? ''} onChange={(event) => set({ path: { ...draft.path, [name]: event.target.value } })} />
          )}
        </Field>
      ))}
      {schema ? (
        <SchemaForm schema={schema} value={draft.data} onChange={(data) => set({ data })} faults={below('/input/data')} raw={raw} label={t('workflows:fields')} disabled={disabled} />
      ) : (
        <details className="group" open={draft.data !== undefined && Object.keys(draft.data as object).length > 0}>
          <summary className="text-sm text-muted select-none hover:text-ink">{t('workflows:moreFields')}</summary>
          <div className="pt-3">
            <SchemaForm schema={{}} value={draft.data ?? {}} onChange={(data) => set({ data })} faults={below('/input/data')} label={t('workflows:moreFields')} disabled={disabled} />
          </div>
        </details>
      )}
      {entry.files && <FileFields entry={entry} files={draft.files} onChange={(files) => set({ files })} disabled={disabled} error={below('/input/files')[0]?.message} />}
      {isWebhook(entry) && (
        <details>
          <summary className="text-sm text-muted select-none hover:text-ink">{t('workflows:request')}</summary>
          <div className="flex flex-col gap-4 pt-3">
            {(entry.methods ?? []).length > 1 && (
              <Field label={t('workflows:method')} error={at('/input/method')}>
                {(control) => (
                  <Select {...control} disabled={disabled} value={draft.method ?? entry.methods?.[0]} onChange={(event) => set({ method: event.target.value })} className="w-auto self-start">
                    {entry.methods?.map((method) => (
                      <option key={method}>{method}</option>
                    ))}
                  </Select>
                )}
              </Field>
            )}
            <PairFields id={`${id}-query`} label={t('workflows:query')} pairs={draft.query} onChange={(query) => set({ query })} disabled={disabled} />
            <PairFields id={`${id}-headers`} label={t('workflows:headers')} hint={t('workflows:headersHint')} pairs={draft.headers} onChange={(headers) => set({ headers })} disabled={disabled} />
          </div>
        </details>
      )}
    </div>
  );
}
