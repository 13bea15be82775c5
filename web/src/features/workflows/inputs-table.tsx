import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CodeBlock, Segmented } from '@/ui';
import type { EntryPoint } from './rows';
import { fieldsOf } from './schema-fields';

/** What goes into a workflow: its fields, or the schema as it is. */
export function InputsTable({ entry }: { entry: EntryPoint }) {
  const { t } = useTranslation('workflows');
  const [view, setView] = useState<'fields' | 'schema'>('fields');
  if (entry.input_schema == null) return <p className="text-xs text-faint">{t('noSchema')}</p>;
  const fields = fieldsOf(entry.input_schema);
  return (
    <div className="flex min-w-0 flex-col gap-2 border-t pt-2">
      <div className="flex items-center justify-between gap-2">
        <h5 className="text-xs font-medium text-muted">{t('inputs')}</h5>
        <Segmented
          label={t('inputs')}
          options={[
            { key: 'fields', label: t('asFields') },
            { key: 'schema', label: 'JSON Schema' },
          ]}
          value={view}
          onChange={setView}
        />
      </div>
      {view === 'schema' ? (
        <CodeBlock code={JSON.stringify(entry.input_schema, null, 2)} label="JSON Schema" />
      ) : fields.length === 0 ? (
        <p className="text-xs text-faint">{t('noFields')}</p>
      ) : (
        <ul className="flex flex-col gap-1.5">
          {fields.map((field) => (
            <li key={field.name} className="flex min-w-0 flex-col text-xs">
              <span className="flex min-w-0 flex-wrap items-baseline gap-x-2">
                <code dir="ltr" className="font-mono font-medium break-all">
                  {field.name}
                </code>
                <span dir="ltr" className="text-faint">
                  {field.type}
                </span>
                {field.required && <span className="text-warn">{t('required')}</span>}
              </span>
              {field.description && (
                <span dir="auto" className="break-words text-muted">
                  {field.description}
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
