import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { ListItem } from './find';
import type { WorkflowRow } from './rows';
import { SelectorRow } from './selector-row';

export const LIST_ID = 'workflow-selector-list';
export const cellId = (key: string): string => `workflow-cell-${key}`;

const ROW = 48;
const HEADING = 30;

interface SelectorListProps {
  items: readonly ListItem[];
  active: string | undefined;
  onActive: (key: string) => void;
  onPick: (row: WorkflowRow) => void;
  onDetail: (key: string) => void;
}

/** The list; only what can be seen is drawn, so that thousands of workflows are no matter. */
export function SelectorList({ items, active, onActive, onPick, onDetail }: SelectorListProps) {
  const { t } = useTranslation('workflows');
  const box = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- The page is not built with the compiler that this warns of.
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => box.current,
    estimateSize: (at) => (items[at]?.kind === 'heading' ? HEADING : ROW),
    getItemKey: (at) => items[at]?.key ?? at,
    overscan: 8,
  });
  const activeAt = items.findIndex((item) => item.key === active);
  useEffect(() => {
    // The heading above the first row comes into view with it.
    if (activeAt >= 0) virtual.scrollToIndex(activeAt <= 1 ? 0 : activeAt, { align: 'auto' });
  }, [activeAt, virtual]);
  return (
    <div ref={box} id={LIST_ID} role="grid" aria-label={t('title')} aria-rowcount={items.length} className="min-h-0 flex-1 overflow-y-auto scroll-thin">
      <div role="presentation" className="relative w-full" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, key, start, size }) => {
          const item = items[index];
          if (!item) return null;
          return (
            <div key={key} role="row" aria-rowindex={index + 1} className="absolute inset-x-0 top-0 px-2" style={{ height: size, transform: `translateY(${start}px)` }}>
              {item.kind === 'heading' ? (
                <div role="rowheader" className="flex h-full items-end px-2 pb-1 text-2xs font-medium tracking-wide text-faint">
                  <span className="truncate">{item.heading === 'backend' ? item.label : t(item.heading)}</span>
                </div>
              ) : (
                <SelectorRow
                  id={cellId(item.key)}
                  row={item.row}
                  active={item.key === active}
                  onActive={() => onActive(item.key)}
                  onPick={() => {
                    onActive(item.key);
                    onPick(item.row);
                  }}
                  onDetail={() => onDetail(item.key)}
                />
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}
