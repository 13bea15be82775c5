import { ChevronRight } from 'lucide-react';
import { memo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cn } from '@/lib/cn';
import { CopyButton } from './copy-button';

/** Entries that are shown before a button asks for more. */
const PIECE = 100;
const LONG_TEXT = 2000;

/** A JSON value as a tree that folds. Large ones are shown piece by piece. */
export function JsonView({ value, open = 2, className }: { value: unknown; /** Levels that are open at first. */ open?: number; className?: string }) {
  return (
    <div dir="ltr" className={cn('relative min-w-0 rounded-md border bg-sunken', className)}>
      {/* Scrolls, so it must be reachable by keys. */}
      <div tabIndex={0} role="group" className="max-h-[32rem] overflow-auto scroll-thin p-3 pe-10 text-start font-mono text-xs">
        <Node name={undefined} value={value} open={open} />
      </div>
      <CopyButton text={() => JSON.stringify(value, null, 2)} className="absolute top-1 right-1 bg-sunken" />
    </div>
  );
}

const Node = memo(function Node({ name, value, open }: { name: string | undefined; value: unknown; open: number }) {
  if (typeof value === 'object' && value !== null) return <Branch name={name} value={value} open={open} />;
  return (
    <div className="ps-4">
      <Name name={name} />
      <Leaf value={value} />
    </div>
  );
});

function Branch({ name, value, open }: { name: string | undefined; value: object; open: number }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(open > 0);
  const [most, setMost] = useState(PIECE);
  const isList = Array.isArray(value);
  const entries: [string, unknown][] = Object.entries(value);
  const [left, right] = isList ? ['[', ']'] : ['{', '}'];
  if (entries.length === 0) {
    return (
      <div className="ps-4">
        <Name name={name} />
        {left}
        {right}
      </div>
    );
  }
  return (
    <div>
      <button type="button" aria-expanded={shown} onClick={() => setShown(!shown)} className="inline-flex min-h-6 min-w-6 max-w-full items-center rounded text-start hover:bg-hover">
        <ChevronRight aria-hidden className={cn('size-4 shrink-0 text-faint transition-transform', shown && 'rotate-90')} />
        <Name name={name} />
        <span className="text-muted">{shown ? left : `${left} ${entries.length} ${right}`}</span>
      </button>
      {shown && (
        <>
          <div className="border-s ps-3 ms-1.5">
            {entries.slice(0, most).map(([key, entry]) => (
              <Node key={key} name={key} value={entry} open={open - 1} />
            ))}
            {entries.length > most && (
              <button type="button" onClick={() => setMost(most + 10 * PIECE)} className="ps-4 text-accent underline">
                {t('more', { count: entries.length - most })}
              </button>
            )}
          </div>
          <div className="ps-4 text-muted">{right}</div>
        </>
      )}
    </div>
  );
}

const Name = ({ name }: { name: string | undefined }) =>
  name === undefined ? null : <span className="me-1.5 shrink-0 text-accent">{name}:</span>;

function Leaf({ value }: { value: unknown }) {
  const { t } = useTranslation();
  const [whole, setWhole] = useState(false);
  if (typeof value !== 'string') return <span className={value === null ? 'text-faint' : 'text-info'}>{String(value)}</span>;
  const cut = !whole && value.length > LONG_TEXT;
  return (
    <span className="break-words whitespace-pre-wrap text-ok">
      {JSON.stringify(cut ? value.slice(0, LONG_TEXT) : value)}
      {cut && (
        <button type="button" onClick={() => setWhole(true)} className="ms-1 text-accent underline">
          {t('moreCharacters', { count: value.length - LONG_TEXT })}
        </button>
      )}
    </span>
  );
}
