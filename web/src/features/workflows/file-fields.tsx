import { File as FileIcon, FileUp, X } from 'lucide-react';
import { useId, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { formatBytes } from '@/lib/format';
import { Button, IconButton, Input } from '@/ui';
import type { EntryPoint } from './rows';
import { fileFields, type DraftFile } from './run-input';

let made = 0;

/** Files from a picker, a drop or a paste, for an entry; the field of each can be changed. */
export const draftFiles = (files: Iterable<File>, field: string): DraftFile[] => [...files].map((file) => ({ key: `f${++made}`, field, file }));

interface FileFieldsProps {
  entry: EntryPoint;
  files: readonly DraftFile[];
  onChange: (files: readonly DraftFile[]) => void;
  disabled?: boolean;
  error?: string;
}

/** Files that go into a run, each under the name of a form field. */
export function FileFields({ entry, files, onChange, disabled, error }: FileFieldsProps) {
  const { t, i18n } = useTranslation('workflows');
  const id = useId();
  const picker = useRef<HTMLInputElement>(null);
  const known = fileFields(entry);
  const change = (key: string, field: string) => onChange(files.map((one) => (one.key === key ? { ...one, field } : one)));
  return (
    <fieldset className="flex min-w-0 flex-col gap-2">
      <legend className="mb-1.5 text-sm font-medium">{t('files')}</legend>
      {files.map(({ key, field, file }) => (
        <div key={key} className="flex min-w-0 items-center gap-2 rounded-md border bg-surface py-1 ps-2.5 pe-1 text-sm">
          <FileIcon aria-hidden className="size-4 shrink-0 text-muted" />
          <span dir="auto" className="min-w-0 flex-1 truncate">
            {file.name}
          </span>
          <span className="text-xs text-muted tabular-nums">{formatBytes(file.size, i18n.language)}</span>
          <Input aria-label={t('fileField', { name: file.name })} list={`${id}-fields`} dir="ltr" disabled={disabled} value={field} onChange={(event) => change(key, event.target.value)} className="w-28 font-mono" />
          <IconButton label={t('removeFile', { name: file.name })} size="sm" disabled={disabled} onClick={() => onChange(files.filter((one) => one.key !== key))}>
            <X className="size-4" />
          </IconButton>
        </div>
      ))}
      <datalist id={`${id}-fields`}>
        {known.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          onChange([...files, ...draftFiles(event.target.files ?? [], known[0] ?? 'file')]);
          event.target.value = '';
        }}
      />
      <Button size="sm" icon={<FileUp className="size-3.5" />} disabled={disabled} onClick={() => picker.current?.click()} className="self-start">
        {t('addFiles')}
      </Button>
      {error && <p className="text-xs text-bad">{error}</p>}
    </fieldset>
  );
}
