import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cn } from '@/lib/cn';

const LONG = 420;

/** A peer's words about itself; long ones folded. */
export function Description({ text }: { text: string }) {
  const { t } = useTranslation('tools');
  const [whole, setWhole] = useState(false);
  const isLong = text.length > LONG || text.split('\n').length > 6;
  return (
    <div className="max-w-3xl min-w-0">
      <p dir="auto" className={cn('prose-plain text-sm', isLong && !whole && 'line-clamp-4')}>
        {text.trim()}
      </p>
      {isLong && (
        <button type="button" aria-expanded={whole} onClick={() => setWhole(!whole)} className="mt-1 rounded text-xs text-accent hover:underline">
          {whole ? t('less') : t('wholeText')}
        </button>
      )}
    </div>
  );
}
