import { useCallback, useEffect, useId, useRef, type Dispatch, type KeyboardEvent, type ReactNode, type SetStateAction } from 'react';
import { useTranslation } from 'react-i18next';
import type { TraceStep } from '@/api/types';
import { cn } from '@/lib/cn';
import type { StepNode } from '../model/node';
import type { Trace } from '../model/trace';
import type { Selection } from '../run/use-selection';
import { shownRows, toggled, unfolded } from './shown';
import { useFollow } from './use-follow';
import { useWindow } from './use-window';

export const ROW_HEIGHT = 32;
const PAGE = 12;

/** Which steps are folded; the views share it. */
export interface Folding {
  folded: ReadonlySet<string>;
  setFolded: Dispatch<SetStateAction<ReadonlySet<string>>>;
}

/** What every row needs; `step` is absent in the row of the run itself. */
export interface RowProps {
  id: string;
  /** From 0, the run's. */
  index: number;
  node: StepNode | undefined;
  step: TraceStep | undefined;
  depth: number;
  children: number;
  folded: boolean;
  selected: boolean;
  live: boolean;
  onChoose: (step: string | undefined) => void;
  onToggle: (step: string) => void;
}

export interface StepGridProps extends Folding {
  trace: Trace;
  selection: Selection;
  live: boolean;
  label: string;
  columns: number;
  /** Stands above the rows and stays there; `above` is its height. */
  header: ReactNode;
  above: number;
  /** Drawn behind the rows. */
  behind?: ReactNode;
  row: (props: RowProps) => ReactNode;
  /** The row was chosen again: show what is known of it. */
  onOpen: () => void;
}

/** The run and its steps as rows of a tree, walked by keys. Draws only what is in sight. */
export function StepGrid({ trace, selection, live, label, columns, header, above, behind, row, onOpen, folded, setFolded }: StepGridProps) {
  const id = useId();
  const rows = shownRows(trace, folded);
  const count = rows.length + 1;
  const scroller = useRef<HTMLDivElement>(null);
  const view = useWindow(scroller, count, ROW_HEIGHT, above);
  useFollow(scroller, view, count, live);
  const chosen = selection.step === undefined ? undefined : trace.model.tree.get(selection.step);
  const at = chosen ? rows.indexOf(chosen) + 1 : 0;
  const { reveal } = view;

  // A choice that was made elsewhere comes into sight here.
  useEffect(() => {
    const opened = unfolded(folded, chosen);
    if (opened !== folded) setFolded(opened);
    else if (chosen) reveal(at);
    // Only when the choice changes: rows that come must not pull the view back to it.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [chosen, reveal]);

  const choose = (to: number) => {
    const bounded = Math.max(0, Math.min(count - 1, to));
    selection.choose(rows[bounded - 1]?.id);
    reveal(bounded);
  };
  const onToggle = useCallback((step: string) => setFolded((before) => toggled(before, step)), [setFolded]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const rtl = document.documentElement.dir === 'rtl';
    const isFolded = chosen !== undefined && folded.has(chosen.id);
    const into = () => (isFolded ? onToggle(chosen.id) : chosen && chosen.children.length > 0 && choose(at + 1));
    const out = () => {
      if (!chosen) return;
      if (chosen.children.length > 0 && !isFolded) onToggle(chosen.id);
      else choose(chosen.parent ? rows.indexOf(chosen.parent) + 1 : 0);
    };
    const actions: Record<string, (() => unknown) | undefined> = {
      ArrowDown: () => choose(at + 1),
      ArrowUp: () => choose(at - 1),
      j: () => choose(at + 1),
      k: () => choose(at - 1),
      PageDown: () => choose(at + PAGE),
      PageUp: () => choose(at - PAGE),
      Home: () => choose(0),
      End: () => choose(count - 1),
      ArrowRight: rtl ? out : into,
      ArrowLeft: rtl ? into : out,
      Enter: onOpen,
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  };

  const drawn: ReactNode[] = [];
  for (let index = view.first; index < view.last; index += 1) {
    const node = rows[index - 1];
    const props: RowProps = {
      id: `${id}-${index}`,
      index,
      node,
      step: node && trace.steps[node.index],
      depth: node ? node.depth + 1 : 0,
      children: node ? node.children.length : trace.rows.length,
      folded: node !== undefined && folded.has(node.id),
      selected: index === at,
      live,
      onChoose: selection.choose,
      onToggle,
    };
    drawn.push(row(props));
  }
  return (
    <div className="relative h-full">
      <div
        ref={scroller}
        role="treegrid"
        aria-label={label}
        aria-rowcount={count}
        aria-colcount={columns}
        aria-activedescendant={at >= view.first && at < view.last ? `${id}-${at}` : undefined}
        tabIndex={0}
        onKeyDown={onKeyDown}
        className="group/grid h-full overflow-auto scroll-thin outline-none"
      >
        <div role="rowgroup" className="sticky top-0 z-20">
          {header}
        </div>
        <div role="rowgroup" className="relative" style={{ height: count * ROW_HEIGHT }}>
          {behind}
          <div role="none" className="absolute inset-x-0" style={{ transform: `translateY(${view.first * ROW_HEIGHT}px)` }}>
            {drawn}
          </div>
        </div>
      </div>
      {trace.rows.length === 0 && !live && <NoSteps above={above} />}
    </div>
  );
}

/** Some peers give an answer and nothing else. */
function NoSteps({ above }: { above: number }) {
  const { t } = useTranslation('runs');
  return (
    <div className="pointer-events-none absolute inset-x-0 flex flex-col gap-1 px-6 py-8 text-center" style={{ top: above + ROW_HEIGHT }}>
      <p className="text-sm font-medium">{t('steps.none')}</p>
      <p className="text-xs text-muted">{t('steps.noneText')}</p>
    </div>
  );
}

/** The frame of a row. The keys' row has a ring while the grid has the focus. */
export function RowFrame({ id, index, node, children: below, folded, selected, onChoose, depth, onOpen, cells }: RowProps & { onOpen: () => void; cells: ReactNode }) {
  return (
    <div
      id={id}
      role="row"
      aria-level={depth + 1}
      aria-rowindex={index + 1}
      aria-selected={selected}
      aria-expanded={node && below > 0 ? !folded : undefined}
      onClick={() => {
        onChoose(node?.id);
        onOpen();
      }}
      className={cn(
        'flex h-8 w-full cursor-default items-center text-sm',
        selected ? 'bg-accent-soft/70 group-focus-visible/grid:outline-2 group-focus-visible/grid:-outline-offset-2 group-focus-visible/grid:outline-accent' : 'hover:bg-hover/60',
      )}
    >
      {cells}
    </div>
  );
}
