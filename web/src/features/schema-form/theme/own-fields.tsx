import { descriptionId, type FieldProps } from '@rjsf/utils';
import { Minus, Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button, Select } from '@/ui';
import { initialOf } from '../initial';
import { JsonEditor } from '../json-editor';
import { alternativeOf } from '../matches';
import { isRecord, listAt, textAt } from '../schema';
import { Description } from './field';

/** What cannot be drawn as fields: as JSON. */
export function JsonField({ formData: data, onChange, fieldPathId, name, required, disabled, readonly, uiSchema }: FieldProps) {
  const formData: unknown = data;
  const options = uiSchema?.['ui:options'] as { kinds?: readonly string[] } | undefined;
  const only = options?.kinds?.length === 1 ? options.kinds[0] : undefined;
  return (
    <JsonEditor
      id={fieldPathId.$id}
      label={name}
      value={formData ?? (required && only === 'object' ? {} : formData)}
      required={required}
      disabled={disabled || readonly}
      onChange={(value) => onChange(value, fieldPathId.path)}
    />
  );
}

/** Puts what may be left out there, with what it starts with, and takes it away again. */
export function OptionalField({ schema, formData, onChange, fieldPathId, disabled, readonly }: FieldProps) {
  const { t } = useTranslation('schema-form');
  const isThere = (formData as unknown) !== undefined;
  return (
    <Button
      size="sm"
      tone="ghost"
      icon={isThere ? <Minus className="size-3.5" /> : <Plus className="size-3.5" />}
      disabled={disabled || readonly}
      onClick={() => onChange(isThere ? undefined : (initialOf(schema) ?? {}), fieldPathId.path)}
    >
      {isThere ? t('leaveOut') : t('add')}
    </Button>
  );
}

/** One of several forms that a value may take: which one, and that one's fields. */
export function UnionField(props: FieldProps) {
  const { schema, uiSchema, onChange, fieldPathId, registry, required, disabled, readonly, errorSchema } = props;
  const formData: unknown = props.formData;
  const { t } = useTranslation('schema-form');
  const options = listAt(schema, 'anyOf') ?? [];
  const parts = (uiSchema?.anyOf ?? []) as readonly Record<string, unknown>[];
  // Nothing chosen is -1. A choice stays while its value is still to be written.
  const [chosen, setChosen] = useState(formData === undefined && !required ? -1 : 0);
  const current = formData === undefined ? chosen : alternativeOf(options, formData, Math.max(chosen, 0));
  const option = options[current];
  const { SchemaField } = registry.fields;
  const kindName = (type: unknown) => {
    const kind = (Array.isArray(type) ? type : [type]).find(isNamed);
    return kind ? t(`kinds.${kind}`) : t('kinds.any');
  };
  const choose = (at: number) => {
    const next = options[at];
    setChosen(at);
    onChange(isRecord(next) ? (next.type === 'null' ? null : (initialOf(next) ?? blanks[String(next.type)])) : undefined, fieldPathId.path);
  };
  return (
    <div className="flex min-w-0 flex-col gap-2">
      {schema.description && <Description id={descriptionId(fieldPathId)} text={schema.description} />}
      <Select
        id={`${fieldPathId.$id}-form`}
        aria-label={t('whichForm', { name: schema.title ?? props.name })}
        dir="auto"
        disabled={disabled || readonly}
        value={String(current)}
        onChange={(event) => choose(Number(event.target.value))}
        className="max-w-72"
      >
        {!required && <option value="-1">{t('none')}</option>}
        {options.map((one, at) => (
          <option key={at} value={at}>
            {isRecord(one) ? (textAt(one, 'title') ?? kindName(one.type)) : ''}
          </option>
        ))}
      </Select>
      {isRecord(option) && option.type !== 'null' && SchemaField && (
        <div className="min-w-0 border-s-2 border-line ps-3">
          <SchemaField
            {...props}
            key={current}
            schema={option}
            // The label stands above the choice already.
            uiSchema={{ ...parts[current], 'ui:label': false }}
            errorSchema={errorSchema}
            required
            fieldPathId={fieldPathId}
          />
        </div>
      )}
    </div>
  );
}

const blanks: Record<string, unknown> = { string: '', object: {}, array: [] };

const NAMED = ['object', 'array', 'string', 'integer', 'number', 'boolean'] as const;
const isNamed = (type: unknown): type is (typeof NAMED)[number] => NAMED.includes(type as (typeof NAMED)[number]);
