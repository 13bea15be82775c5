import { ADDITIONAL_PROPERTY_FLAG, descriptionId, errorId, helpId, type FieldErrorProps, type FieldTemplateProps } from '@rjsf/utils';
import { X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { cn } from '@/lib/cn';
import { IconButton, Input } from '@/ui';
import { useDemands } from './words';

/** One field: label, control, what it means, what is wrong. */
export function FieldTemplate(props: FieldTemplateProps) {
  const { id, label, children, errors, rawErrors, rawDescription, displayLabel, required, hidden, schema, uiSchema, disabled, readonly, fieldPathId, onChange } = props;
  const { t } = useTranslation('schema-form');
  const demands = useDemands()(schema);
  if (hidden) return <div hidden>{children}</div>;
  const isMapEntry = ADDITIONAL_PROPERTY_FLAG in schema;
  const isOwnField = uiSchema?.['ui:field'] !== undefined;
  // Objects, lists and unions have a heading of their own, checkboxes a label.
  const named = (displayLabel || isOwnField) && !isMapEntry && label !== '' && fieldPathId.path.length > 0 && (schema.title !== undefined || typeof fieldPathId.path.at(-1) !== 'number');
  const ownText = displayLabel || uiSchema?.['ui:field'] === 'json';
  const nullable = (uiSchema?.['ui:options'] as { nullable?: boolean } | undefined)?.nullable === true;
  const isNull = (props.formData as unknown) === null;
  const body = (
    <div className="flex min-w-0 flex-1 flex-col gap-1.5">
      {named && (
        <div className="flex min-h-5 items-baseline gap-2">
          <label htmlFor={id} className="min-w-0 text-sm font-medium break-words">
            <bdi>{label}</bdi>
            {required && (
              <span aria-hidden title={t('required')} className="ms-0.5 text-bad">
                *
              </span>
            )}
          </label>
          {nullable && (
            <button
              type="button"
              aria-pressed={isNull}
              title={t('nullHint')}
              disabled={disabled || readonly}
              onClick={() => onChange(isNull ? undefined : null, fieldPathId.path)}
              className={cn('rounded px-1 font-mono text-2xs', isNull ? 'bg-accent-soft text-accent' : 'text-faint hover:bg-hover hover:text-ink')}
            >
              null
            </button>
          )}
        </div>
      )}
      {ownText && rawDescription && <Description id={descriptionId(id)} text={rawDescription} />}
      {children}
      {ownText && demands && (
        <p id={helpId(id)} className="text-xs break-words text-faint">
          {demands}
        </p>
      )}
      {rawErrors && rawErrors.length > 0 && errors}
    </div>
  );
  return isMapEntry ? <MapEntry {...props}>{body}</MapEntry> : body;
}

/** An entry of a map: its name can be written too. */
function MapEntry({ id, label, disabled, readonly, onKeyRenameBlur, onRemoveProperty, children }: FieldTemplateProps) {
  const { t } = useTranslation('schema-form');
  const name = useRef<HTMLInputElement>(null);
  // A new entry is there to be named.
  useEffect(() => {
    if (/^newKey(-\d+)?$/.test(name.current?.value ?? '')) name.current?.select();
  }, []);
  return (
    <div className="flex min-w-0 items-start gap-2">
      <Input
        ref={name}
        key={label}
        id={`${id}-key`}
        aria-label={t('entryName')}
        dir="auto"
        defaultValue={label}
        disabled={disabled || readonly}
        onBlur={onKeyRenameBlur}
        onKeyDown={(event) => {
          // The name counts when one leaves the field; the form around it is not meant.
          if (event.key !== 'Enter') return;
          event.preventDefault();
          event.currentTarget.blur();
        }}
        className="w-2/5 max-w-56 font-mono text-xs"
      />
      {children}
      <IconButton label={t('removeEntry', { name: label })} disabled={disabled || readonly} onClick={onRemoveProperty}>
        <X className="size-4" />
      </IconButton>
    </div>
  );
}

/** The peer's words about a field. */
export function Description({ id, text }: { id: string; text: string }) {
  return (
    <p id={id} dir="auto" className="prose-plain text-xs text-muted">
      {text}
    </p>
  );
}

export function FieldErrors({ errors, fieldPathId }: FieldErrorProps) {
  if (!errors || errors.length === 0) return null;
  return (
    <ul id={errorId(fieldPathId)} className="flex flex-col gap-0.5 text-xs text-bad">
      {errors.map((error, at) => (
        <li key={at} dir="auto" className="break-words">
          {error}
        </li>
      ))}
    </ul>
  );
}
