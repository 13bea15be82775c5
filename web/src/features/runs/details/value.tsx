import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, body } from '@/api/client';
import { hubPath } from '@/lib/base';
import { formatBytes, formatNumber } from '@/lib/format';
import { Button, buttonClass, CodeBlock, CopyButton, JsonView, Problem, Skeleton } from '@/ui';

interface LargeValue {
  $blob: string;
  size: number;
  preview: string;
}

/** In place of a value that is too large for an event, the hub writes where it is. */
export function asLarge(value: unknown): LargeValue | undefined {
  if (typeof value !== 'object' || value === null || !('$blob' in value)) return undefined;
  const { $blob, size, preview } = value as Record<string, unknown>;
  return typeof $blob === 'string' && typeof size === 'number' && typeof preview === 'string' ? { $blob, size, preview } : undefined;
}

/** What went in or came out: text as text, JSON as a tree, large values when they are asked for. */
export function Value({ value, name }: { value: unknown; name: string }) {
  const large = asLarge(value);
  if (large) return <Large large={large} name={name} />;
  if (typeof value === 'string') return <Text text={value} />;
  return <JsonView value={value} />;
}

/** A longer text is cut until it is asked for: while it grows, every word of it would be laid out again and again. */
const LONG = 16_000;

function Text({ text }: { text: string }) {
  const { t, i18n } = useTranslation('runs');
  const [whole, setWhole] = useState(false);
  const isCut = text.length > LONG && !whole;
  // A text that grows is no JSON before its end; each try would read all of it.
  const json = useMemo(() => (isCut && !/[\]}]\s*$/.test(text) ? undefined : parsed(text)), [text, isCut]);
  if (json !== undefined) return <JsonView value={json} />;
  return (
    <div className="relative min-w-0 rounded-md border bg-sunken">
      <div dir="auto" tabIndex={0} role="group" className="max-h-96 overflow-auto scroll-thin p-3 pr-10 text-sm prose-plain">
        {isCut ? `${text.slice(0, LONG)}…` : text}
      </div>
      {isCut && (
        <Button size="sm" tone="ghost" className="m-1" onClick={() => setWhole(true)}>
          {t('details.showAll', { formatted: formatNumber(text.length, i18n.language) })}
        </Button>
      )}
      <CopyButton text={text} className="absolute top-1 right-1 bg-sunken" />
    </div>
  );
}

/** Many peers give JSON as text. */
function parsed(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function Large({ large, name }: { large: LargeValue; name: string }) {
  const { t, i18n } = useTranslation('runs');
  const [wanted, setWanted] = useState(false);
  const size = formatBytes(large.size, i18n.language);
  const { data, error, isLoading, refetch } = useQuery({
    queryKey: ['blob', large.$blob],
    enabled: wanted,
    // A blob never changes.
    staleTime: Infinity,
    queryFn: async ({ signal }) => {
      const text: unknown = await body(api.GET('/api/v1/blobs/{id}', { params: { path: { id: large.$blob } }, parseAs: 'text', signal }));
      return JSON.parse(String(text)) as unknown;
    },
  });
  if (data !== undefined) return typeof data === 'string' ? <Text text={data} /> : <JsonView value={data} open={1} />;
  return (
    <div className="flex flex-col gap-2">
      {error ? <Problem error={error} onRetry={() => void refetch()} /> : isLoading ? <Skeleton className="h-24" /> : <CodeBlock code={`${large.preview}…`} wrap />}
      <div className="flex flex-wrap items-center gap-2">
        <Button size="sm" busy={isLoading} onClick={() => setWanted(true)}>
          {t('details.load', { size })}
        </Button>
        <a href={hubPath(`/api/v1/blobs/${large.$blob}?name=${encodeURIComponent(`${name}.json`)}`)} download className={buttonClass('ghost', 'sm')}>
          <Download aria-hidden className="size-3.5" />
          {t('details.save')}
        </a>
      </div>
    </div>
  );
}
