import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { formatCost, formatDuration, formatNumber } from '@/lib/format';
import { cn } from '@/lib/cn';
import { NameCell } from '../rows/name-cell';
import { RowFrame, StepGrid, type RowProps } from '../rows/step-grid';
import type { ViewProps } from '../run/view-props';

const HEADER = 32;
const FIGURE = 'hidden w-24 shrink-0 px-2 text-end text-xs tabular-nums @xl:block';
const HEAD = '!text-2xs text-faint';
const TIME = 'w-24 shrink-0 px-3 text-end text-xs tabular-nums @xl:w-28';

/** The steps as a tree with their figures. */
export function TreeView({ trace, selection, live, folding, name, now, onOpen }: ViewProps) {
  const { t } = useTranslation('runs');
  const [from, to] = trace.model.span(now);
  const header = (
    <div role="row" className="flex h-8 items-center border-b bg-surface text-2xs font-medium text-faint">
      <span role="columnheader" className="flex-1 px-3">
        {t('column.step')}
      </span>
      <span role="columnheader" className={cn(FIGURE, HEAD)}>
        {t('column.tokens')}
      </span>
      <span role="columnheader" className={cn(FIGURE, HEAD)}>
        {t('column.cost')}
      </span>
      <span role="columnheader" className={cn(TIME, HEAD)}>
        {t('column.duration')}
      </span>
    </div>
  );
  const row = (props: RowProps) => {
    const open = props.node ? props.node.open : live;
    const ms = props.node ? (props.node.duration ?? (live ? now - props.node.start : undefined)) : to - from;
    // What goes on changes with the time, what has ended does not.
    return <TreeRow key={props.index} {...props} name={name} ms={ms === undefined ? undefined : Math.round(open ? ms / 100 : ms) * (open ? 100 : 1)} whole={to - from} onOpen={onOpen} />;
  };
  return (
    <div className="@container h-full">
      <StepGrid trace={trace} selection={selection} live={live} label={t('view.tree')} columns={4} header={header} above={HEADER} row={row} onOpen={onOpen} {...folding} />
    </div>
  );
}

interface TreeRowProps extends RowProps {
  name: string;
  ms: number | undefined;
  whole: number;
  onOpen: () => void;
}

const TreeRow = memo(function TreeRow({ name, ms, whole, ...props }: TreeRowProps) {
  const { i18n } = useTranslation();
  const { usage } = props.step ?? {};
  const tokens = usage ? usage.input_tokens + usage.output_tokens : 0;
  const cells = (
    <>
      <NameCell {...props} run={name} />
      <span role="gridcell" className={cn(FIGURE, 'text-muted')}>
        {tokens > 0 && formatNumber(tokens, i18n.language)}
      </span>
      <span role="gridcell" className={cn(FIGURE, 'text-muted')}>
        {usage?.cost_usd != null && usage.cost_usd > 0 && formatCost(usage.cost_usd, i18n.language)}
      </span>
      <span role="gridcell" className={cn(TIME, 'relative text-muted')}>
        {ms !== undefined && formatDuration(Math.max(0, ms), i18n.language)}
        {ms !== undefined && (
          <span aria-hidden className="absolute inset-x-3 bottom-0 flex h-px justify-end">
            <span className="h-full bg-info-solid" style={{ width: `${Math.min(100, Math.max(2, (ms / whole) * 100))}%` }} />
          </span>
        )}
      </span>
    </>
  );
  return <RowFrame {...props} cells={cells} />;
});
