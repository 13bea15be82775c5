import { useVirtualizer } from '@tanstack/react-virtual';
import { ChevronRight } from 'lucide-react';
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from '@tanstack/react-query';
import { backendsQuery } from '@/api/queries';
import { cn } from '@/lib/cn';
import { formatNumber } from '@/lib/format';
import { HealthDot } from '@/ui';
import { rowsOf } from './rows';

export interface GroupedListProps<Item> {
  /** Under this name the place in the list is remembered while one looks at something else. */
  name: string;
  items: readonly Item[];
  idOf: (item: Item) => string;
  selected: string | undefined;
  /** A link to the item; gets what the list needs on it. */
  draw: (item: Item, props: ItemProps) => ReactNode;
  /** The end of what is known has come into sight. */
  onEnd?: () => void;
  more?: boolean;
}

export interface ItemProps {
  'data-row': number;
  'aria-current': 'page' | undefined;
  className: string;
}

const HEAD = 34;
const ITEM = 54;
const places = new Map<string, number>();

/** A long list under the heads of its servers, walked with the arrow keys. */
export function GroupedList<Item extends { backend_id: string; backend: string }>({ name, items, idOf, selected, draw, onEnd, more = false }: GroupedListProps<Item>) {
  const { t, i18n } = useTranslation('tools');
  const scroller = useRef<HTMLDivElement>(null);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const backends = useQuery(backendsQuery);
  const rows = rowsOf(items, closed);
  // No compiler keeps this component's results, so nothing of it gets stale.
  // eslint-disable-next-line react-hooks/incompatible-library
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (at) => (rows[at]?.kind === 'server' ? HEAD : ITEM),
    overscan: 12,
    initialOffset: () => places.get(name) ?? 0,
    onChange: (instance) => void places.set(name, instance.scrollOffset ?? 0),
  });
  // Who comes by an address sees in the list what it names.
  const chosen = rows.findIndex((row) => row.kind === 'item' && idOf(row.item) === selected);
  const wanted = useRef(!places.has(name));
  useEffect(() => {
    if (!wanted.current || chosen < 0) return;
    wanted.current = false;
    virtual.scrollToIndex(chosen, { align: 'center' });
  }, [chosen, virtual]);
  const drawn = virtual.getVirtualItems();
  const last = drawn.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && last >= rows.length - 20) onEnd?.();
  }, [last, rows.length, more, onEnd]);

  const go = (to: number) => {
    virtual.scrollToIndex(to);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-row="${to}"]`)?.focus());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const from = Number((event.target as HTMLElement).closest('[data-row]')?.getAttribute('data-row') ?? -1);
    const to = { ArrowDown: from + 1, ArrowUp: from - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (to === undefined || to < 0 || to >= rows.length) return;
    event.preventDefault();
    go(to);
  };
  const toggle = (id: string) => {
    const next = new Set(closed);
    if (!next.delete(id)) next.add(id);
    setClosed(next);
  };
  return (
    <div ref={scroller} className="min-h-0 flex-1 overflow-y-auto scroll-thin" onKeyDown={onKeyDown}>
      <ul className="relative" style={{ height: virtual.getTotalSize() }}>
        {drawn.map(({ index, start, size }) => {
          const row = rows[index];
          const health = row?.kind === 'server' ? backends.data?.find((backend) => backend.id === row.id)?.health.state : undefined;
          return (
            <li key={index} className="absolute inset-x-0" style={{ top: start, height: size }}>
              {row?.kind === 'server' && (
                <button
                  type="button"
                  data-row={index}
                  aria-expanded={row.open}
                  onClick={() => toggle(row.id)}
                  className="flex h-full w-full items-center gap-2 border-b bg-sunken px-3 text-start text-xs font-medium text-muted -outline-offset-2 hover:text-ink"
                >
                  <ChevronRight aria-hidden className={cn('size-3.5 shrink-0 text-faint transition-transform', row.open ? 'rotate-90' : 'rtl:-scale-x-100')} />
                  {health && <HealthDot state={health} />}
                  <bdi className="min-w-0 truncate">{row.name}</bdi>
                  <span className="ms-auto shrink-0 font-normal text-faint tabular-nums" aria-label={t('count', { count: row.count })}>
                    {formatNumber(row.count, i18n.language)}
                    {more && index + row.count + 1 >= rows.length && '+'}
                  </span>
                </button>
              )}
              {row?.kind === 'item' &&
                draw(row.item, {
                  'data-row': index,
                  'aria-current': idOf(row.item) === selected ? 'page' : undefined,
                  className: cn(
                    'flex h-full flex-col justify-center gap-0.5 border-b border-line/60 px-4 -outline-offset-2',
                    idOf(row.item) === selected ? 'bg-accent-soft' : 'hover:bg-hover/60',
                  ),
                })}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
