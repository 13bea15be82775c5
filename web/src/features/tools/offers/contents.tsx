import { Download } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/types';
import { saveFile } from '@/lib/clipboard';
import { formatBytes } from '@/lib/format';
import { Button } from '@/ui';
import { TextPiece } from '../call/text-piece';

/** What was read: one or several parts, each by its kind. */
export function Contents({ contents }: { contents: readonly Schemas['ResourceContent'][] }) {
  const { t } = useTranslation('tools');
  if (contents.length === 0) return <p className="text-sm text-muted">{t('emptyResource')}</p>;
  return (
    <div className="flex min-w-0 flex-col gap-4">
      {contents.map((part, at) => (
        <Part key={at} part={part} />
      ))}
    </div>
  );
}

function Part({ part }: { part: Schemas['ResourceContent'] }) {
  const { t, i18n } = useTranslation('tools');
  const type = part.media_type ?? '';
  const name = part.uri.split(/[/:]/).findLast((piece) => piece !== '') ?? 'resource';
  const bytes = part.base64 == null ? undefined : Math.floor((part.base64.replace(/=+$/, '').length * 3) / 4);
  const save = () => saveFile(name, part.base64 == null ? (part.text ?? '') : bytesOf(part.base64), type || 'application/octet-stream');
  return (
    <figure className="min-w-0 rounded-lg border bg-surface shadow-card">
      <figcaption className="flex min-h-10 min-w-0 items-center gap-2 border-b px-3 text-xs text-muted">
        <span dir="ltr" className="min-w-0 flex-1 truncate text-start font-mono">
          {part.uri}
        </span>
        <span className="shrink-0">{type}</span>
        {bytes !== undefined && <span className="shrink-0 tabular-nums">{formatBytes(bytes, i18n.language)}</span>}
        <Button size="sm" tone="ghost" icon={<Download className="size-3.5" />} onClick={save}>
          {t('download')}
        </Button>
      </figcaption>
      <div className="p-3">
        {part.text != null && <TextPiece text={part.text} mediaType={type} />}
        {part.base64 != null && type.startsWith('image/') && <img src={`data:${type};base64,${part.base64}`} alt={name} className="max-h-[32rem] max-w-full rounded" />}
        {part.base64 != null && !type.startsWith('image/') && <p className="text-sm text-muted">{t('bytesOnly')}</p>}
        {part.text == null && part.base64 == null && <p className="text-sm text-muted">{t('emptyResource')}</p>}
      </div>
    </figure>
  );
}

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
