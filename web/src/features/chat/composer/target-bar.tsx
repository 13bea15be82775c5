import { ChevronDown, Columns2, TriangleAlert, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { entryOf, obstacleOf, runnableEntries, useWorkflowRows, WorkflowDialog, type Picked, type WorkflowRow } from '@/features/workflows';
import { cn } from '@/lib/cn';
import { Button, IconButton, Menu, PlatformMark, Skeleton } from '@/ui';
import type { Target } from '../state/drafts';
import { MOST_TARGETS } from '../state/targets';

interface TargetBarProps {
  /** Not known as long as the conversation is not read. */
  targets: readonly Target[] | undefined;
  onChange: (targets: readonly Target[]) => void;
}

/** Whom the next message goes to: one workflow, or several side by side. */
export function TargetBar({ targets, onChange }: TargetBarProps) {
  // The place is kept, so that nothing jumps.
  return targets ? <Targets targets={targets} onChange={onChange} /> : <Skeleton className="h-7 w-44 rounded-md" />;
}

function Targets({ targets, onChange }: { targets: readonly Target[]; onChange: TargetBarProps['onChange'] }) {
  const { t } = useTranslation('chat');
  const { rows } = useWorkflowRows();
  /** Which of them is being chosen anew; one behind the last adds one. */
  const [choosing, setChoosing] = useState<number>();
  const pick = ({ workflow, entry }: Picked) => {
    const next = { workflow: workflow.id, ...(entry && { entry }) };
    onChange(choosing !== undefined && choosing < targets.length ? targets.map((one, at) => (at === choosing ? next : one)) : [...targets, next]);
    setChoosing(undefined);
  };
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-1.5">
      {targets.map((target, at) => (
        <Chip
          key={`${at}/${target.workflow}`}
          target={target}
          row={rows?.find(({ workflow }) => workflow.id === target.workflow)}
          loaded={rows !== undefined}
          onChoose={() => setChoosing(at)}
          onEntry={(entry) => onChange(targets.map((one, n) => (n === at ? { ...one, entry } : one)))}
          onRemove={targets.length > 1 ? () => onChange(targets.filter((_, n) => n !== at)) : undefined}
        />
      ))}
      {targets.length === 0 ? (
        <Button key="choose" size="sm" tone="primary" onClick={() => setChoosing(0)}>
          {t('chooseWorkflow')}
        </Button>
      ) : (
        targets.length < MOST_TARGETS && (
          <Button key="compare" size="sm" tone="ghost" icon={<Columns2 className="size-3.5" />} title={t('compare.addHint')} onClick={() => setChoosing(targets.length)}>
            <span className="max-sm:sr-only">{t('compare.add')}</span>
          </Button>
        )
      )}
      <WorkflowDialog
        open={choosing !== undefined}
        onClose={() => setChoosing(undefined)}
        onPick={pick}
        title={choosing !== undefined && choosing > 0 && choosing === targets.length ? t('compare.choose') : undefined}
      />
    </div>
  );
}

interface ChipProps {
  target: Target;
  row: WorkflowRow | undefined;
  loaded: boolean;
  onChoose: () => void;
  onEntry: (entry: string) => void;
  onRemove?: () => void;
}

function Chip({ target, row, loaded, onChoose, onEntry, onRemove }: ChipProps) {
  const { t } = useTranslation('chat');
  const broken = loaded && (!row || obstacleOf(row) !== undefined);
  const entries = row ? runnableEntries(row.workflow) : [];
  const entry = row && entryOf(row.workflow, target.entry);
  return (
    <span className={cn('inline-flex h-7 max-w-full min-w-0 items-center rounded-md border bg-surface', broken && 'border-warn-solid/50')}>
      <button type="button" onClick={onChoose} title={t('changeWorkflow')} className="inline-flex h-full min-w-0 items-center gap-1.5 rounded-md ps-1 pe-1.5 text-xs font-medium hover:bg-hover">
        {row ? <PlatformMark platform={row.backend.platform} size="sm" named /> : <span className="size-5 rounded bg-hover" />}
        {broken && <TriangleAlert role="img" aria-label={t('cannotRun')} className="size-3.5 shrink-0 text-warn" />}
        <span dir="auto" className="max-w-40 truncate md:max-w-56">
          {row?.workflow.name ?? (loaded ? t('goneWorkflow') : '…')}
        </span>
        <ChevronDown aria-hidden className="size-3 shrink-0 text-faint" />
      </button>
      {entries.length > 1 && entry && (
        <Menu
          label={t('entry')}
          items={entries.map((one) => ({ key: one.id, label: one.name, checked: one.id === entry.id, onSelect: () => onEntry(one.id) }))}
          trigger={(props) => (
            <button type="button" {...props} className="inline-flex h-full max-w-28 items-center gap-1 border-s px-1.5 text-xs text-muted hover:bg-hover">
              <span className="truncate">{entry.name}</span>
              <ChevronDown aria-hidden className="size-3 shrink-0 text-faint" />
            </button>
          )}
        />
      )}
      {onRemove && (
        <IconButton label={t('compare.remove', { name: row?.workflow.name ?? '' })} size="sm" onClick={onRemove} className="size-6">
          <X className="size-3.5" />
        </IconButton>
      )}
    </span>
  );
}
