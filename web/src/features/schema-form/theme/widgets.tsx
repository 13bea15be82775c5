import { ariaDescribedByIds, type WidgetProps } from '@rjsf/utils';
import { Eye, EyeOff } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Checkbox, IconButton, Input, Select, Textarea } from '@/ui';
import { isRecord, sameJson, type JsonSchema } from '../schema';
import { fromLocal, INPUT_TYPES, toLocal } from './moments';

/** What every control of the form has. */
const control = ({ id, required, disabled, readonly, rawErrors }: WidgetProps) => ({
  id,
  required,
  disabled: disabled || readonly,
  'aria-invalid': rawErrors && rawErrors.length > 0 ? (true as const) : undefined,
  'aria-describedby': ariaDescribedByIds(id),
});

const textOf = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

/** A list entry has no label of its own to be called by. */
const nameOf = ({ label, hideLabel, id }: WidgetProps): string | undefined => (hideLabel || /\/\d+$/.test(id) ? label : undefined);

const store = ({ onChange, options }: WidgetProps, text: string) => onChange(text === '' ? options.emptyValue : text);

export function TextWidget(props: WidgetProps) {
  const { options, schema } = props;
  const format = textOf(options.format);
  const value = textOf(props.value);
  const [long, setLong] = useState(false);
  // One line drops the line breaks of what is pasted or was there before: then it becomes several.
  if (!format && (long || value.includes('\n'))) return <TextareaWidget {...props} />;
  if (format === 'date-time') return <MomentWidget {...props} />;
  return (
    <Input
      {...control(props)}
      aria-label={nameOf(props)}
      type={INPUT_TYPES[format] ?? 'text'}
      dir={format in INPUT_TYPES ? 'ltr' : 'auto'}
      minLength={schema.minLength}
      maxLength={schema.maxLength}
      value={value}
      className={format === 'date' || format === 'time' || format === 'color' ? 'max-w-56' : undefined}
      onChange={(event) => store(props, event.target.value)}
      onPaste={(event) => {
        const pasted = event.clipboardData.getData('text');
        if (format || !pasted.trim().includes('\n')) return;
        event.preventDefault();
        const { selectionStart, selectionEnd } = event.currentTarget;
        setLong(true);
        store(props, value.slice(0, selectionStart ?? value.length) + pasted + value.slice(selectionEnd ?? value.length));
      }}
    />
  );
}

export function TextareaWidget(props: WidgetProps) {
  return (
    <Textarea
      {...control(props)}
      aria-label={nameOf(props)}
      dir="auto"
      value={textOf(props.value)}
      onChange={(event) => store(props, event.target.value)}
      className="field-sizing-content max-h-96 min-h-16 resize-y"
    />
  );
}

export function PasswordWidget(props: WidgetProps) {
  const { t } = useTranslation('schema-form');
  const [shown, setShown] = useState(false);
  return (
    <div className="relative">
      <Input
        {...control(props)}
        aria-label={nameOf(props)}
        type={shown ? 'text' : 'password'}
        // A browser must not offer the hub's own passwords for the peer's.
        autoComplete="new-password"
        dir="ltr"
        value={textOf(props.value)}
        onChange={(event) => store(props, event.target.value)}
        className="pe-9"
      />
      <IconButton label={shown ? t('hide') : t('show')} size="sm" onClick={() => setShown(!shown)} className="absolute end-0.5 top-0.5">
        {shown ? <EyeOff className="size-3.5" /> : <Eye className="size-3.5" />}
      </IconButton>
    </div>
  );
}

export function NumberWidget(props: WidgetProps) {
  const { schema, options } = props;
  const step = schema.multipleOf ?? (schema.type === 'integer' || (Array.isArray(schema.type) && schema.type.includes('integer')) ? 1 : 'any');
  return (
    <Input
      {...control(props)}
      aria-label={nameOf(props)}
      type="number"
      dir="ltr"
      inputMode={step === 1 ? 'numeric' : 'decimal'}
      step={step}
      min={schema.minimum}
      max={schema.maximum}
      value={textOf(props.value)}
      onChange={({ target }) => props.onChange(target.value === '' ? options.emptyValue : target.valueAsNumber)}
      className="max-w-56"
    />
  );
}

function MomentWidget(props: WidgetProps) {
  return (
    <Input
      {...control(props)}
      aria-label={nameOf(props)}
      type="datetime-local"
      step={1}
      dir="ltr"
      value={toLocal(textOf(props.value))}
      onChange={(event) => store(props, fromLocal(event.target.value))}
      className="max-w-64"
    />
  );
}

export function CheckboxWidget(props: WidgetProps) {
  const { t } = useTranslation('schema-form');
  const { label, schema, options, onChange } = props;
  if (options.nullable === true) return <ChoiceWidget {...props} options={{ ...options, enumOptions: [{ value: true, label: t('yes') }, { value: false, label: t('no') }] }} />;
  return (
    // Required means that yes or no is sent, not that it must be yes.
    <Checkbox {...control(props)} required={false} label={<bdi>{label}</bdi>} hint={schema.description} checked={props.value === true} onChange={(event) => onChange(event.target.checked)} />
  );
}

/** One among given values. */
export function ChoiceWidget(props: WidgetProps) {
  const { t } = useTranslation('schema-form');
  const { required, options, onChange } = props;
  const value: unknown = props.value;
  const choices = options.enumOptions ?? [];
  const chosen = choices.findIndex((choice) => sameJson(choice.value, value));
  const about = wordsOf(choices[chosen]?.schema);
  return (
    <>
      <Select
        {...control(props)}
        aria-label={nameOf(props)}
        dir="auto"
        value={chosen < 0 ? '' : String(chosen)}
        onChange={(event) => onChange(event.target.value === '' ? options.emptyValue : choices[Number(event.target.value)]?.value)}
      >
        {(!required || chosen < 0) && <option value="">{required ? t('choose') : t('none')}</option>}
        {choices.map((choice, at) => (
          <option key={at} value={at}>
            {choice.label}
          </option>
        ))}
      </Select>
      {about && <p className="prose-plain text-xs text-muted">{about}</p>}
    </>
  );
}

const wordsOf = (schema: JsonSchema | undefined): string | undefined => (isRecord(schema) && typeof schema.description === 'string' ? schema.description : undefined);

/** Several among given values. */
export function ChoicesWidget(props: WidgetProps) {
  const { label, options, disabled, readonly, id, onChange } = props;
  const value: unknown = props.value;
  const chosen: readonly unknown[] = Array.isArray(value) ? value : [];
  const choices = options.enumOptions ?? [];
  const toggle = (choice: unknown, on: boolean) => {
    const next = choices.map((one): unknown => one.value).filter((one) => (sameJson(one, choice) ? on : chosen.some((was) => sameJson(was, one))));
    onChange(next);
  };
  return (
    <div role="group" id={id} tabIndex={-1} aria-label={label} className="flex flex-col gap-1.5">
      {choices.map((choice, at) => (
        <Checkbox
          key={at}
          label={<bdi>{choice.label}</bdi>}
          hint={wordsOf(choice.schema)}
          disabled={disabled || readonly}
          checked={chosen.some((one) => sameJson(one, choice.value))}
          onChange={(event) => toggle(choice.value, event.target.checked)}
        />
      ))}
    </div>
  );
}
