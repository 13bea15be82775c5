import { ArrowLeft } from 'lucide-react';
import { useDeferredValue, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { cn } from '@/lib/cn';
import { Button, Problem, SkeletonRows } from '@/ui';
import { listOf, NO_FILTER, type Filter, type ListItem } from './find';
import { Filters } from './filters';
import { obstacleOf, useWorkflowRows, type WorkflowRow } from './rows';
import { SelectorEmpty } from './selector-empty';
import { SelectorList } from './selector-list';
import { toggleFavourite, useFavourites, useRecent } from './used';
import { WorkflowDetail } from './workflow-detail';

const rowsOf = (items: readonly ListItem[]) => items.filter((item) => item.kind === 'row');

/** What was chosen. `entry`: only when another way in than the default was. */
export interface Picked extends WorkflowRow {
  entry?: string;
}

export interface WorkflowSelectorProps {
  onPick: (picked: Picked) => void;
  /** The word on the button that chooses. */
  action?: string;
  /** What is shown at first. */
  backend?: string;
  className?: string;
}

/** All workflows of all backends: a list to search, and beside it what the one under the cursor is. */
export function WorkflowSelector({ onPick, action, backend = '', className }: WorkflowSelectorProps) {
  const { t } = useTranslation(['workflows', 'common']);
  const { rows, error, retry } = useWorkflowRows();
  const favourites = useFavourites();
  const recent = useRecent();
  const [filter, setFilter] = useState<Filter>({ ...NO_FILTER, backend });
  const [active, setActive] = useState<string>();
  /** On narrow screens the details take the place of the list. */
  const [detailed, setDetailed] = useState(false);
  const search = useRef<HTMLInputElement>(null);
  const wanted = useDeferredValue(filter);
  const items = useMemo(() => (rows ? listOf(rows, wanted, favourites, recent) : []), [rows, wanted, favourites, recent]);
  const choices = useMemo(() => rowsOf(items), [items]);
  const current = choices.find((item) => item.key === active) ?? choices[0];

  const narrow = (next: Filter) => {
    setFilter(next);
    setActive(undefined);
  };
  const pick = (row: WorkflowRow, entry?: string) => {
    if (obstacleOf(row)) setDetailed(true);
    else onPick({ ...row, entry });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const at = current ? choices.indexOf(current) : -1;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: Math.min(at + 8, choices.length - 1), PageUp: Math.max(at - 8, 0) }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      setActive(choices.at(to % choices.length)?.key);
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault();
      // Who types and presses Enter means what is typed, not the list as far as it has followed.
      const asTyped = wanted === filter ? choices : rowsOf(listOf(rows ?? [], filter, favourites, recent));
      const chosen = asTyped.find((item) => item.key === active) ?? asTyped[0];
      if (chosen) pick(chosen.row);
    } else if (event.altKey && event.code === 'KeyF' && current) {
      event.preventDefault();
      toggleFavourite(current.row.workflow.id);
    }
  };

  return (
    <div className={cn('flex min-h-0 min-w-0 flex-col', className)}>
      <Filters ref={search} filter={filter} onChange={narrow} rows={rows ?? []} onKeyDown={onKeyDown} active={current?.key} className={cn(detailed && 'max-md:hidden')} />
      <div className="flex min-h-0 flex-1 border-t">
        <div className={cn('flex min-h-0 w-full min-w-0 flex-col md:w-[46%] md:border-e', detailed && 'max-md:hidden')}>
          {error ? (
            <Problem error={error} onRetry={retry} className="m-4" />
          ) : !rows ? (
            <SkeletonRows rows={8} />
          ) : items.length === 0 ? (
            <SelectorEmpty none={rows.length === 0} onReset={() => narrow(NO_FILTER)} />
          ) : (
            <SelectorList
              items={items}
              active={current?.key}
              onActive={setActive}
              onPick={pick}
              onDetail={(key) => {
                setActive(key);
                setDetailed(true);
              }}
            />
          )}
        </div>
        <div className={cn('min-h-0 min-w-0 flex-1 flex-col md:flex', detailed ? 'flex' : 'hidden')}>
          {detailed && (
            <div className="border-b p-2 md:hidden">
              <Button tone="ghost" size="sm" icon={<ArrowLeft className="size-4 rtl:-scale-x-100" />} onClick={() => setDetailed(false)}>
                {t('common:back')}
              </Button>
            </div>
          )}
          {current && <WorkflowDetail key={current.row.workflow.id} row={current.row} action={action ?? t('workflows:choose')} onPick={(entry) => pick(current.row, entry)} />}
        </div>
      </div>
    </div>
  );
}
