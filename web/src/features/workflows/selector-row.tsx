import { CircleSlash, Info, Radio, Star } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { cn } from '@/lib/cn';
import { IconButton, PlatformMark } from '@/ui';
import { entryOf, obstacleOf, type WorkflowRow } from './rows';
import { useFavourites } from './used';

interface SelectorRowProps {
  id: string;
  row: WorkflowRow;
  active: boolean;
  onActive: () => void;
  onPick: () => void;
  onDetail: () => void;
}

/** One workflow of the list. The keys are those of the search field: it keeps the focus. */
export function SelectorRow({ id, row, active, onActive, onPick, onDetail }: SelectorRowProps) {
  const { t } = useTranslation('workflows');
  const { workflow, backend } = row;
  const favourite = useFavourites().includes(workflow.id);
  const obstacle = obstacleOf(row);
  return (
    <div className={cn('flex h-full items-center gap-1 rounded-md', active && 'bg-hover')} onMouseMove={() => !active && onActive()}>
      <div role="gridcell" id={id} aria-selected={active} onClick={onPick} className="flex h-full min-w-0 flex-1 cursor-pointer items-center gap-2.5 px-2">
        <PlatformMark platform={backend.platform} named />
        <div className={cn('min-w-0 flex-1', obstacle && 'opacity-60')}>
          <div className="flex min-w-0 items-center gap-1.5">
            <span dir="auto" className="truncate text-sm font-medium">
              {workflow.name}
            </span>
            {favourite && <Star aria-label={t('favourite')} className="size-3 shrink-0 fill-current text-warn" />}
          </div>
          <div className="flex min-w-0 items-center gap-1.5 text-xs text-muted">
            <span className="truncate">{backend.name}</span>
            {(workflow.tags ?? []).slice(0, 2).map((tag) => (
              <span key={tag} dir="ltr" className="max-w-24 shrink-0 truncate text-faint">
                #{tag}
              </span>
            ))}
          </div>
        </div>
        {obstacle ? (
          <span title={t(`obstacle.${obstacle}`)} className="flex shrink-0">
            <CircleSlash role="img" aria-label={t(`obstacle.${obstacle}`)} className="size-4 text-warn" />
          </span>
        ) : (
          entryOf(workflow)?.streams === true && (
            <span title={t('streams.yes')} className="flex shrink-0">
              <Radio role="img" aria-label={t('streams.yes')} className="size-3.5 text-faint" />
            </span>
          )
        )}
      </div>
      <div role="gridcell" className="pe-1 md:hidden">
        <IconButton label={t('details', { name: workflow.name })} size="sm" onClick={onDetail}>
          <Info className="size-4" />
        </IconButton>
      </div>
    </div>
  );
}
