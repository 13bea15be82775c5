import { RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useWorkflowRows } from '@/features/workflows';
import { cn } from '@/lib/cn';
import { Button, Segmented } from '@/ui';
import { LaneHead } from '../thread/lane-head';
import { LaneView } from '../thread/lane-view';
import type { Lane } from '../thread/turns';
import type { ShownTurn } from '../thread/use-turns';
import { Race } from './race';
import { useRuns } from './use-runs';

interface CompareViewProps {
  turn: ShownTurn;
  laneProps: (lane: Lane, at: number) => React.ComponentProps<typeof LaneView>;
  onAgain: () => void;
}

/** The answers of several workflows to one prompt: side by side, or one at a time where there is no room. */
export function CompareView({ turn, laneProps, onAgain }: CompareViewProps) {
  const { t } = useTranslation('chat');
  const { lanes, sent } = turn;
  const { rows } = useWorkflowRows();
  const [chosen, setChosen] = useState(0);
  const views = useRuns(lanes.map(({ runId }) => runId));
  const names = lanes.map((lane, at) => {
    const id = lane.run?.workflow_id ?? sent?.lanes[at]?.target.workflow;
    return lane.run?.workflow_name ?? rows?.find(({ workflow }) => workflow.id === id)?.workflow.name ?? '';
  });
  const over = views.every((view) => view?.transcript.done !== undefined);
  return (
    <section aria-label={t('compare.title')} className="mx-auto flex w-full max-w-7xl min-w-0 flex-col gap-3 px-4 md:px-6">
      <Race views={views} names={names} />
      <div className="md:hidden">
        <Segmented label={t('compare.choose')} options={names.map((name, at) => ({ key: String(at), label: <span dir="auto" className="max-w-28 truncate">{name}</span> }))} value={String(chosen)} onChange={(key) => setChosen(Number(key))} />
      </div>
      <div className={cn('grid min-w-0 gap-3', lanes.length === 2 ? 'md:grid-cols-2' : lanes.length === 3 ? 'md:grid-cols-2 xl:grid-cols-3' : 'md:grid-cols-2 xl:grid-cols-4')}>
        {lanes.map((lane, at) => (
          <div key={lane.lane} className={cn('flex min-w-0 flex-col gap-2 rounded-lg border bg-surface p-3', at !== chosen && 'max-md:hidden')}>
            <LaneHead run={lane.run} target={sent?.lanes[at]?.target} />
            <LaneView {...laneProps(lane, at)} />
          </div>
        ))}
      </div>
      {over && (
        <Button tone="ghost" size="sm" icon={<RotateCcw className="size-3.5" />} onClick={onAgain} className="self-center">
          {t('compare.again')}
        </Button>
      )}
    </section>
  );
}
