import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Markdown } from '@/features/markdown';
import { cn } from '@/lib/cn';
import { formatNumber } from '@/lib/format';
import { CopyButton, JsonView, Segmented } from '@/ui';
import { viewsOf, type TextView } from './text-views';

const LONG = 20_000;

/** Text, as it is or as what it seems to be. */
export function TextPiece({ text, mediaType, isError = false }: { text: string; mediaType?: string; isError?: boolean }) {
  const { t, i18n } = useTranslation('tools');
  const { views, json } = viewsOf(text, mediaType);
  const [chosen, setChosen] = useState<TextView>();
  const [whole, setWhole] = useState(false);
  const view = chosen && views.includes(chosen) ? chosen : (views[0] ?? 'text');
  if (text === '') return <p className="text-sm text-muted">{t('emptyText')}</p>;
  const shown = whole || text.length <= LONG ? text : text.slice(0, LONG);
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      {views.length > 1 && (
        <div className="self-end">
          <Segmented label={t('showAs')} options={views.map((key) => ({ key, label: t(`as.${key}`) }))} value={view} onChange={setChosen} />
        </div>
      )}
      {view === 'json' && <JsonView value={json} open={3} />}
      {view === 'markdown' && <Markdown text={shown} className="text-sm" />}
      {view === 'text' && (
        <div className={cn('relative min-w-0 rounded-md border bg-sunken', isError && 'border-bad/30 bg-bad-soft')}>
          <div dir="auto" tabIndex={0} role="group" aria-label={t('text')} className="prose-plain max-h-96 overflow-y-auto scroll-thin p-3 pr-10 font-mono text-xs">
            {shown}
          </div>
          <CopyButton text={text} className="absolute top-1 right-1" />
        </div>
      )}
      {shown.length < text.length && view !== 'json' && (
        <button type="button" onClick={() => setWhole(true)} className="self-start rounded text-xs text-accent hover:underline">
          {t('wholeLength', { count: text.length, size: formatNumber(text.length, i18n.language) })}
        </button>
      )}
    </div>
  );
}
