import { Braces } from 'lucide-react';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cn } from '@/lib/cn';
import { IconButton, Textarea } from '@/ui';
import { placeOfError, sizeOf, textOf } from './json-text';
import { sameJson } from './schema';

export interface JsonEditorProps {
  value: unknown;
  onChange: (value: unknown) => void;
  label: string;
  id?: string;
  disabled?: boolean;
  required?: boolean;
  /** Lines that are shown at most. */
  lines?: number;
  describedBy?: string;
  className?: string;
}

/**
 * A JSON value as text. What cannot be read yet stays in the field with the place of its fault, and keeps the form
 * around it from being sent.
 */
export function JsonEditor({ value, onChange, label, id, disabled, required, lines = 16, describedBy, className }: JsonEditorProps) {
  const { t } = useTranslation('schema-form');
  const own = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(() => textOf(value));
  const [told, setTold] = useState<unknown>(value);
  const [error, setError] = useState<string>();
  // A new value from outside replaces the text; the one that the text itself made does not.
  if (!sameJson(told, value)) {
    setTold(value);
    setText(textOf(value));
    setError(undefined);
  }
  useLayoutEffect(() => field.current?.setCustomValidity(error ?? ''), [error]);
  useEffect(() => () => field.current?.setCustomValidity(''), []);

  const take = (next: string) => {
    setText(next);
    if (next.trim() === '') {
      setError(undefined);
      setTold(undefined);
      onChange(undefined);
      return;
    }
    try {
      const parsed: unknown = JSON.parse(next);
      setError(undefined);
      setTold(parsed);
      onChange(parsed);
    } catch {
      const place = placeOfError(next);
      setError(place ? t('badJsonAt', place) : t('badJson'));
    }
  };
  return (
    <div className={cn('flex min-w-0 flex-col gap-1', className)}>
      <div className="relative">
        <Textarea
          ref={field}
          id={id}
          dir="ltr"
          wrap="off"
          rows={sizeOf(text, lines)}
          aria-label={id ? undefined : label}
          aria-invalid={error ? true : undefined}
          aria-describedby={[describedBy, error && `${own}-error`].filter(Boolean).join(' ') || undefined}
          autoCapitalize="off"
          autoCorrect="off"
          required={required}
          disabled={disabled}
          value={text}
          onChange={(event) => take(event.target.value)}
          className="scroll-thin min-h-9 resize-y pr-9 font-mono text-xs leading-5"
        />
        <IconButton
          label={t('format')}
          size="sm"
          disabled={disabled || error !== undefined || text.trim() === ''}
          onClick={() => setText(textOf(told))}
          className="absolute top-1 right-1"
        >
          <Braces className="size-3.5" />
        </IconButton>
      </div>
      {error && (
        <p id={`${own}-error`} role="status" className="text-xs text-bad">
          {error}
        </p>
      )}
    </div>
  );
}
