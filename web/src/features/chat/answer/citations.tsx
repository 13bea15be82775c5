import { BookOpen, ExternalLink } from 'lucide-react';
import { memo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/types';
import { Dialog, JsonView } from '@/ui';

type Citation = Schemas['Citation'];

const hostOf = (url: string): string | undefined => {
  try {
    return new URL(url).hostname.replace(/^www\./, '');
  } catch {
    return undefined;
  }
};

const nameOf = (citation: Citation, fallback: string): string =>
  citation.title?.trim() || (citation.url && hostOf(citation.url)) || citation.text?.trim().slice(0, 60) || fallback;

/** The sources of an answer, numbered; each opens with what it says. */
export const Citations = memo(function Citations({ citations }: { citations: readonly Citation[] }) {
  const { t } = useTranslation('chat');
  const [open, setOpen] = useState<number>();
  if (citations.length === 0) return null;
  const shown = open === undefined ? undefined : citations[open];
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-1.5">
      <span className="inline-flex items-center gap-1.5 text-xs text-muted">
        <BookOpen aria-hidden className="size-3.5" />
        {t('sources')}
      </span>
      {citations.map((citation, at) => (
        <button
          key={at}
          type="button"
          onClick={() => setOpen(at)}
          className="inline-flex h-6 max-w-56 min-w-0 items-center gap-1.5 rounded-full border bg-surface px-2 text-xs hover:bg-hover"
        >
          <span className="text-2xs text-faint tabular-nums">{at + 1}</span>
          <span dir="auto" className="truncate">
            {nameOf(citation, t('source', { number: at + 1 }))}
          </span>
        </button>
      ))}
      {shown && open !== undefined && (
        <Dialog open onClose={() => setOpen(undefined)} title={nameOf(shown, t('source', { number: open + 1 }))} size="lg">
          <Source citation={shown} />
        </Dialog>
      )}
    </div>
  );
});

function Source({ citation }: { citation: Citation }) {
  const { t } = useTranslation('chat');
  const { url, text, metadata } = citation;
  return (
    <div className="flex min-w-0 flex-col gap-4">
      {url && (
        <p className="min-w-0 text-sm">
          {/^https?:/i.test(url) ? (
            <a href={url} target="_blank" rel="noreferrer" dir="ltr" className="inline-flex max-w-full items-center gap-1.5 text-accent underline-offset-2 hover:underline">
              <span className="truncate">{url}</span>
              <ExternalLink aria-hidden className="size-3.5 shrink-0" />
            </a>
          ) : (
            <span dir="ltr" className="break-all text-muted">
              {url}
            </span>
          )}
        </p>
      )}
      {text && (
        <blockquote dir="auto" className="prose-plain border-s-2 ps-3 text-sm">
          {text}
        </blockquote>
      )}
      {metadata != null && (
        <div className="text-xs">
          <p className="mb-1 font-medium text-muted">{t('metadata')}</p>
          <JsonView value={metadata} open={2} />
        </div>
      )}
    </div>
  );
}
