import { Paperclip, Pencil } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Run } from '@/api/types';
import { cn } from '@/lib/cn';
import { formatBytes, formatMoment } from '@/lib/format';
import { CopyButton, IconButton, JsonView } from '@/ui';
import { blobPath } from '../answer/artifacts';
import type { ShownTurn } from './use-turns';

/** Above this many characters or lines a prompt is cut, until it is asked for. */
const LONG = 1200;
const LINES = 14;

/** What was said: words, fields, files. */
export function PromptView({ turn, onEdit }: { turn: ShownTurn; onEdit?: () => void }) {
  const { t, i18n } = useTranslation(['chat', 'common']);
  const run = turn.lanes.find((lane) => lane.run)?.run;
  const { text, data, files } = saidIn(turn, run);
  const empty = text === '' && data === undefined && files.length === 0;
  return (
    <div className="group flex min-w-0 items-end justify-end gap-1">
      <div className="flex shrink-0 items-center opacity-0 transition-opacity group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100">
        {text !== '' && <CopyButton text={text} label={t('chat:copyPrompt')} />}
        {onEdit && (
          <IconButton label={t('chat:edit')} size="sm" onClick={onEdit}>
            <Pencil className="size-3.5" />
          </IconButton>
        )}
      </div>
      <div className="flex max-w-[min(85%,40rem)] min-w-0 flex-col gap-2 rounded-2xl rounded-ee-md bg-accent-soft px-4 py-2.5" title={formatMoment(turn.at, i18n.language)}>
        {text !== '' && <Words text={text} />}
        {data !== undefined && (
          <div className="min-w-0 text-xs">
            <JsonView value={data} open={text === '' ? 2 : 1} />
          </div>
        )}
        {files.length > 0 && (
          <ul aria-label={t('chat:files')} className="flex flex-wrap gap-1.5">
            {files.map((file) => (
              <li key={file.key} className="max-w-full min-w-0">
                <FileChip file={file} size={formatBytes(file.size, i18n.language)} />
              </li>
            ))}
          </ul>
        )}
        {empty && <p className="text-sm text-muted italic">{t('chat:saidNothing')}</p>}
      </div>
    </div>
  );
}

function Words({ text }: { text: string }) {
  const { t } = useTranslation('chat');
  const long = text.length > LONG || text.split('\n').length > LINES;
  const [whole, setWhole] = useState(false);
  return (
    <>
      <p dir="auto" className={cn('prose-plain', long && !whole && 'line-clamp-8')}>
        {text}
      </p>
      {long && (
        <button type="button" onClick={() => setWhole(!whole)} className="min-h-6 self-start text-xs text-accent underline-offset-2 hover:underline">
          {whole ? t('less') : t('whole')}
        </button>
      )}
    </>
  );
}

interface ShownFile {
  key: string;
  name: string;
  size: number;
  path?: string;
}

function FileChip({ file, size }: { file: ShownFile; size: string }) {
  const look = 'inline-flex h-7 max-w-64 items-center gap-1.5 rounded-md border bg-surface px-2 text-xs';
  const inner = (
    <>
      <Paperclip aria-hidden className="size-3.5 shrink-0 text-muted" />
      <span dir="auto" className="truncate">
        {file.name}
      </span>
      <span className="shrink-0 text-faint">{size}</span>
    </>
  );
  if (!file.path) return <span className={look}>{inner}</span>;
  return (
    <a href={file.path} target="_blank" rel="noreferrer" className={`${look} hover:bg-hover`}>
      {inner}
    </a>
  );
}

/** From the run that has it, else from what is being sent. */
function saidIn(turn: ShownTurn, run: Run | undefined): { text: string; data: unknown; files: ShownFile[] } {
  if (run) {
    const { text, data, files } = run.input;
    return {
      text: text ?? '',
      data: data ?? undefined,
      files: (files ?? []).map((file) => ({ key: file.blob_id, name: file.name, size: file.size, path: blobPath(file.blob_id, file.name) })),
    };
  }
  const draft = turn.sent?.draft;
  if (!draft) return { text: turn.text, data: undefined, files: [] };
  const kept = draft.kept.map((file) => ({ key: file.blob_id, name: file.name, size: file.size }));
  return { text: draft.text, data: draft.data, files: [...kept, ...draft.files.map(({ key, file }) => ({ key, name: file.name, size: file.size }))] };
}
