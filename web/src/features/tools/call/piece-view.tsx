import { Link } from '@tanstack/react-router';
import { Download, FileText, Link as LinkIcon } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/types';
import { hubPath } from '@/lib/base';
import { formatBytes } from '@/lib/format';
import { Badge, buttonClass, JsonView } from '@/ui';
import { offerId } from '../list/offer-lists';
import type { Piece } from './content';
import { TextPiece } from './text-piece';

/** One piece of a result, by its kind. */
export function PieceView({ piece, backend, isError }: { piece: Piece; backend: string; isError: boolean }) {
  const { t, i18n } = useTranslation('tools');
  switch (piece.kind) {
    case 'text':
      return (
        <div className="flex min-w-0 flex-col gap-1.5">
          {piece.audience.length > 0 && (
            <div className="flex gap-1">
              {piece.audience.map((who) => (
                <Badge key={who}>{t('for', { who })}</Badge>
              ))}
            </div>
          )}
          <TextPiece text={piece.text} isError={isError} />
        </div>
      );
    case 'media':
      return <MediaPiece piece={piece} />;
    case 'resource':
      return (
        <figure className="min-w-0 rounded-md border">
          <figcaption className="flex min-h-9 items-center gap-2 border-b bg-sunken px-3 text-xs text-muted">
            <FileText aria-hidden className="size-3.5 shrink-0" />
            <span dir="ltr" className="min-w-0 flex-1 truncate text-start font-mono">
              {piece.uri}
            </span>
            <span className="shrink-0">{piece.mediaType}</span>
            {piece.artifact && <DownloadLink artifact={piece.artifact} />}
          </figcaption>
          <div className="p-3">{piece.text === undefined ? <ArtifactBytes artifact={piece.artifact} mediaType={piece.mediaType} /> : <TextPiece text={piece.text} mediaType={piece.mediaType} />}</div>
        </figure>
      );
    case 'link':
      return (
        <Link
          to="/tools"
          search={{ tab: 'resources', item: offerId(backend, piece.uri) }}
          className="flex min-w-0 items-center gap-3 rounded-md border px-3 py-2 hover:bg-hover"
        >
          <LinkIcon aria-hidden className="size-4 shrink-0 text-muted" />
          <span className="flex min-w-0 flex-1 flex-col">
            <bdi className="truncate text-sm font-medium">{piece.name}</bdi>
            {piece.description && (
              <span dir="auto" className="truncate text-xs text-muted">
                {piece.description}
              </span>
            )}
            <span dir="ltr" className="truncate text-start font-mono text-xs text-faint">
              {piece.uri}
            </span>
          </span>
          <span className="shrink-0 text-xs text-faint">{piece.size === undefined ? piece.mediaType : formatBytes(piece.size, i18n.language)}</span>
        </Link>
      );
    case 'unknown':
      return (
        <div className="flex min-w-0 flex-col gap-1.5">
          <p className="text-xs text-warn">{t('unknownPiece')}</p>
          <JsonView value={piece.value} open={1} />
        </div>
      );
  }
}

function MediaPiece({ piece }: { piece: Extract<Piece, { kind: 'media' }> }) {
  const { t } = useTranslation('tools');
  const { artifact, media, mediaType } = piece;
  if (artifact?.blob_id == null) return <p className="text-sm text-warn">{t('badBytes', { type: mediaType })}</p>;
  const address = blobPath(artifact.blob_id);
  return (
    <figure className="flex min-w-0 flex-col gap-1.5">
      {media === 'image' ? (
        <a href={address} target="_blank" rel="noreferrer" className="self-start rounded-md border bg-sunken p-1">
          <img src={address} alt={artifact.name} className="max-h-96 max-w-full rounded [image-rendering:auto]" />
        </a>
      ) : (
        // A server's sound has no captions.
        <audio controls preload="metadata" src={address} className="w-full max-w-md" aria-label={artifact.name} />
      )}
      <figcaption className="flex items-center gap-2 text-xs text-muted">
        {mediaType}
        <DownloadLink artifact={artifact} />
      </figcaption>
    </figure>
  );
}

function ArtifactBytes({ artifact, mediaType }: { artifact: Schemas['Artifact'] | undefined; mediaType: string }) {
  const { t, i18n } = useTranslation('tools');
  if (artifact?.blob_id == null) return <p className="text-sm text-warn">{t('badBytes', { type: mediaType })}</p>;
  if (mediaType.startsWith('image/')) return <img src={blobPath(artifact.blob_id)} alt={artifact.name} className="max-h-96 max-w-full rounded" />;
  return <p className="text-sm text-muted">{artifact.size == null ? mediaType : formatBytes(artifact.size, i18n.language)}</p>;
}

const blobPath = (id: string): string => hubPath(`/api/v1/blobs/${id}`);

function DownloadLink({ artifact }: { artifact: Schemas['Artifact'] }) {
  const { t } = useTranslation('tools');
  if (artifact.blob_id == null) return null;
  return (
    <a href={blobPath(artifact.blob_id)} download={artifact.name} className={buttonClass('ghost', 'sm')}>
      <Download aria-hidden className="size-3.5" />
      {t('download')}
    </a>
  );
}
