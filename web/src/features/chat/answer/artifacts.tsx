import { Braces, Download, ExternalLink, Eye, File as FileIcon, FileText } from 'lucide-react';
import { memo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/types';
import { hubPath } from '@/lib/base';
import { saveFile } from '@/lib/clipboard';
import { formatBytes } from '@/lib/format';
import { Button, buttonClass, CopyButton, Dialog, JsonView } from '@/ui';
import { previewOf } from './preview';
import { TextPreview } from './text-preview';

type Artifact = Schemas['Artifact'];

/** Pictures that browsers show without being able to run anything in them; the hub serves only these so. */
const PICTURES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'];
/** A text that is looked at here rather than saved. */
const MOST_TEXT = 512 * 1024;

export const blobPath = (id: string, name: string): string => hubPath(`/api/v1/blobs/${id}?name=${encodeURIComponent(name.slice(0, 120))}`);

/** What a run made: pictures as such, the rest as cards. */
export const Artifacts = memo(function Artifacts({ artifacts }: { artifacts: readonly Artifact[] }) {
  const { t } = useTranslation('chat');
  if (artifacts.length === 0) return null;
  return (
    <ul aria-label={t('artifacts')} className="flex min-w-0 flex-wrap gap-2">
      {artifacts.map((artifact, at) => (
        <li key={at} className="min-w-0 max-w-full">
          <One artifact={artifact} />
        </li>
      ))}
    </ul>
  );
});

function One({ artifact }: { artifact: Artifact }) {
  const { name, blob_id, media_type } = artifact;
  if (blob_id != null && PICTURES.includes(media_type.toLowerCase())) return <Picture name={name} source={blobPath(blob_id, name)} />;
  return <Card artifact={artifact} />;
}

function Picture({ name, source }: { name: string; source: string }) {
  const { t } = useTranslation('chat');
  const [open, setOpen] = useState(false);
  return (
    <figure className="group relative inline-block max-w-full overflow-hidden rounded-lg border bg-sunken">
      <button type="button" onClick={() => setOpen(true)} aria-label={t('view', { name })} className="block cursor-zoom-in">
        <img src={source} alt={name} loading="lazy" className="max-h-80 min-h-16 max-w-full min-w-16 object-contain" />
      </button>
      <a href={source} download={name} aria-label={t('download', { name })} title={t('download', { name })} className={`${buttonClass('plain', 'sm')} absolute end-1.5 bottom-1.5 opacity-80 hover:opacity-100`}>
        <Download aria-hidden className="size-3.5" />
      </a>
      {open && (
        <Dialog open onClose={() => setOpen(false)} title={name} size="xl">
          <img src={source} alt={name} className="mx-auto max-w-full" />
        </Dialog>
      )}
    </figure>
  );
}

function Card({ artifact }: { artifact: Artifact }) {
  const { t, i18n } = useTranslation('chat');
  const { name, media_type, size, json, blob_id, url } = artifact;
  const [open, setOpen] = useState(false);
  const isJson = json !== undefined;
  const isText = blob_id != null && /^(text\/|application\/(json|xml|yaml|x-ndjson))/.test(media_type) && (size ?? 0) <= MOST_TEXT;
  const Icon = isJson ? Braces : isText ? FileText : FileIcon;
  const jsonText = () => JSON.stringify(json, null, 2);
  return (
    <div className="flex max-w-full min-w-0 items-center gap-2.5 rounded-lg border bg-surface py-1.5 ps-3 pe-1.5 shadow-card">
      <Icon aria-hidden className="size-4 shrink-0 text-muted" />
      <div className="min-w-0">
        <p dir="auto" className="truncate text-sm font-medium">
          {name}
        </p>
        {isJson ? (
          <p dir="auto" className="truncate text-xs text-muted">
            {previewOf(json)}
          </p>
        ) : (
          <p className="truncate text-2xs text-faint">
            {media_type}
            {size != null && ` · ${formatBytes(size, i18n.language)}`}
          </p>
        )}
      </div>
      <div className="flex shrink-0 items-center">
        {(isJson || isText) && (
          <Button tone="ghost" size="sm" aria-label={t('view', { name })} title={t('view', { name })} onClick={() => setOpen(true)}>
            <Eye aria-hidden className="size-4" />
          </Button>
        )}
        {isJson && (
          <Button tone="ghost" size="sm" aria-label={t('download', { name })} title={t('download', { name })} onClick={() => saveFile(name, jsonText(), 'application/json')}>
            <Download aria-hidden className="size-4" />
          </Button>
        )}
        {blob_id != null && (
          <a href={blobPath(blob_id, name)} download={name} aria-label={t('download', { name })} title={t('download', { name })} className={buttonClass('ghost', 'sm')}>
            <Download aria-hidden className="size-4" />
          </a>
        )}
        {blob_id == null && !isJson && url && /^https?:/i.test(url) && (
          <a href={url} target="_blank" rel="noreferrer" aria-label={t('openAtPeer', { name })} title={t('openAtPeer', { name })} className={buttonClass('ghost', 'sm')}>
            <ExternalLink aria-hidden className="size-4" />
          </a>
        )}
      </div>
      {open && (
        <Dialog open onClose={() => setOpen(false)} title={name} description={media_type} size="xl">
          {isJson ? (
            <div className="relative text-xs">
              <CopyButton text={jsonText} className="absolute end-0 top-0" />
              <JsonView value={json} open={3} />
            </div>
          ) : (
            blob_id != null && <TextPreview path={blobPath(blob_id, name)} mediaType={media_type} />
          )}
        </Dialog>
      )}
    </div>
  );
}
