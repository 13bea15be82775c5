import { useTranslation } from 'react-i18next';
import { cn } from '@/lib/cn';
import type { DiffLine, DiffPart } from './diff';

const LOOKS: Record<DiffLine['kind'], [string, string]> = {
  same: ['', ' '],
  added: ['bg-ok-soft text-ok', '+'],
  removed: ['bg-bad-soft text-bad', '−'],
};

/** Lines that were added and removed. Characters that cannot be seen are shown by their numbers. */
export function DiffView({ parts }: { parts: readonly DiffPart[] }) {
  const { t } = useTranslation('tools');
  return (
    <div dir="ltr" tabIndex={0} role="group" aria-label={t('whatChanged')} className="overflow-x-auto scroll-thin rounded-md border bg-sunken py-1 text-start font-mono text-xs">
      {parts.map((part, at) =>
        part.kind === 'skipped' ? (
          <p key={at} dir="auto" className="px-3 py-1 font-sans text-faint">
            {t('sameLines', { count: part.count })}
          </p>
        ) : (
          part.lines.map((line, n) => {
            const [look, mark] = LOOKS[line.kind];
            return (
              <div key={`${at}-${n}`} className={cn('flex px-3 whitespace-pre', look)}>
                <span className="w-5 shrink-0 select-none">
                  {mark}
                  {line.kind !== 'same' && <span className="sr-only">{t(`diff.${line.kind}`)}</span>}
                </span>
                <span>{visible(line.text)}</span>
              </div>
            );
          })
        ),
      )}
    </div>
  );
}

/** Format characters, without the joiners that scripts need, and private or unassigned ones. */
const HIDDEN = /[\p{Cf}\p{Co}\p{Cn}]/gu;

const visible = (text: string): string => text.replace(HIDDEN, (c) => `⟨U+${(c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`);
