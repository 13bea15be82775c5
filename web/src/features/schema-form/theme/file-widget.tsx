import type { WidgetProps } from '@rjsf/utils';
import { FileUp, X } from 'lucide-react';
import { useRef, useState, type DragEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { cn } from '@/lib/cn';
import { formatBytes } from '@/lib/format';
import { Button, IconButton } from '@/ui';

/** Larger files do not fit into the arguments of a call. */
const LARGEST = 8_000_000;

/** A file as text: a `data:` address or plain base64, as the schema asks. */
export function FileWidget({ id, value, label, required, disabled, readonly, options, onChange }: WidgetProps) {
  const { t, i18n } = useTranslation('schema-form');
  const field = useRef<HTMLInputElement>(null);
  const [name, setName] = useState<string>();
  const [error, setError] = useState<string>();
  const [over, setOver] = useState(false);
  const text = typeof value === 'string' ? value : '';
  const off = disabled || readonly;

  const take = async (file: File | undefined) => {
    if (!file || off) return;
    if (file.size > LARGEST) {
      setError(t('fileTooLarge', { most: formatBytes(LARGEST, i18n.language) }));
      return;
    }
    const address = await dataUrlOf(file);
    setError(undefined);
    setName(file.name);
    onChange(options.dataUrl === true ? address : address.slice(address.indexOf(',') + 1));
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void take(event.dataTransfer.files[0]);
  };
  const clear = () => {
    setName(undefined);
    if (field.current) field.current.value = '';
    onChange(options.emptyValue);
  };
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <div
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        className={cn('flex min-h-10 min-w-0 items-center gap-2 rounded-md border border-dashed px-2 py-1 text-sm', over ? 'border-accent bg-accent-soft' : 'border-line-strong/60')}
      >
        <Button size="sm" icon={<FileUp className="size-3.5" />} disabled={off} onClick={() => field.current?.click()}>
          {t('chooseFile')}
        </Button>
        <span className="min-w-0 flex-1 truncate text-xs text-muted">
          {text === '' ? t('orDrop') : t('fileThere', { name: name ?? t('file'), size: formatBytes(bytesOf(text), i18n.language) })}
        </span>
        {text !== '' && (
          <IconButton label={t('removeFile')} size="sm" disabled={off} onClick={clear}>
            <X className="size-3.5" />
          </IconButton>
        )}
      </div>
      {/* Stays in the page for its label and for what the browser says when it is required. */}
      <input
        ref={field}
        id={id}
        type="file"
        aria-label={label}
        accept={typeof options.accept === 'string' ? options.accept : undefined}
        required={required && text === ''}
        disabled={off}
        onChange={(event) => void take(event.target.files?.[0])}
        className="sr-only"
      />
      {error && <p className="text-xs text-bad">{error}</p>}
    </div>
  );
}

const bytesOf = (text: string): number => Math.floor(((text.replace(/=+$/, '').length - text.indexOf(',') - 1) * 3) / 4);

function dataUrlOf(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(typeof reader.result === 'string' ? reader.result : '');
    reader.onerror = () => reject(new Error(file.name));
    reader.readAsDataURL(file);
  });
}
