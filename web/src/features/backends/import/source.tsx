import { useQuery } from '@tanstack/react-query';
import { FileUp, FolderOpen } from 'lucide-react';
import { useRef, useState, type DragEvent, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { api, body } from '@/api/client';
import type { Schemas } from '@/api/types';
import { cn } from '@/lib/cn';
import { Button, Field, Textarea } from '@/ui';

const EXAMPLE = '{\n  "mcpServers": {\n    "time": { "command": "uvx", "args": ["mcp-server-time"] }\n  }\n}';

/** Where the configuration comes from: pasted, a file, or a place on the hub's own machine. */
export function Source({ busy, onRead }: { busy: boolean; onRead: (source: Schemas['ImportRequest']) => void }) {
  const { t } = useTranslation('backends');
  const [document, setDocument] = useState('');
  const [over, setOver] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  const readFile = async (file: File | undefined) => {
    if (!file) return;
    const text = await file.text();
    setDocument(text);
    onRead({ document: text, source: file.name });
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    onRead({ document });
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void readFile(event.dataTransfer.files[0]);
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <Places onRead={onRead} />
      <div
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        className={cn('rounded-md', over && 'outline-2 outline-offset-4 outline-accent')}
      >
        <Field label={t('import.paste')} hint={t('import.pasteHint')}>
          {(control) => (
            <Textarea {...control} data-autofocus dir="ltr" rows={9} placeholder={EXAMPLE} value={document} onChange={(event) => setDocument(event.target.value)} className="font-mono text-xs" />
          )}
        </Field>
      </div>
      <div className="flex flex-wrap justify-end gap-2">
        <input ref={picker} type="file" accept=".json,application/json" aria-label={t('import.file')} className="hidden" onChange={(event) => void readFile(event.target.files?.[0])} />
        <Button icon={<FileUp className="size-4" />} disabled={busy} onClick={() => picker.current?.click()}>
          {t('import.file')}
        </Button>
        <Button type="submit" tone="primary" busy={busy} disabled={document.trim() === ''}>
          {t('import.read')}
        </Button>
      </div>
    </form>
  );
}

/** Configurations that lie on the hub's machine. A hub that others can reach does not tell. */
function Places({ onRead }: { onRead: (source: Schemas['ImportRequest']) => void }) {
  const { t } = useTranslation('backends');
  const places = useQuery({
    queryKey: ['import', 'places'],
    queryFn: async ({ signal }) => (await body(api.GET('/api/v1/import/places', { signal }))).items,
    retry: false,
  });
  const there = places.data?.filter(({ exists }) => exists) ?? [];
  if (there.length === 0) return null;
  return (
    <section aria-label={t('import.places')}>
      <h3 className="mb-1.5 text-sm font-medium">{t('import.places')}</h3>
      <ul className="divide-y rounded-md border">
        {there.map(({ name, title, path }) => (
          <li key={name} className="flex items-center gap-3 px-3 py-1.5">
            <FolderOpen aria-hidden className="size-4 shrink-0 text-faint" />
            <div className="min-w-0 flex-1">
              <p className="text-sm">{title}</p>
              <p dir="ltr" className="truncate text-start font-mono text-xs text-muted rtl:text-end">
                {path}
              </p>
            </div>
            <Button size="sm" onClick={() => onRead({ place: name })}>
              {t('import.read')}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
