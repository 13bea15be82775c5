import { memo } from 'react';
import { CompareView } from '../compare/compare-view';
import { LaneHead } from './lane-head';
import { LaneView } from './lane-view';
import { PromptView } from './prompt-view';
import type { Lane } from './turns';
import type { ShownTurn } from './use-turns';

export interface TurnActions {
  /** Puts what was said into the composer again. */
  edit: (turn: ShownTurn) => void;
  /** Runs these again. */
  again: (lanes: readonly Lane[]) => void;
  sendAgain: (turn: ShownTurn) => void;
}

interface TurnViewProps {
  turn: ShownTurn;
  eager: boolean;
  actions: TurnActions;
}

/** What was said, and its answer or answers. */
export const TurnView = memo(function TurnView({ turn, eager, actions }: TurnViewProps) {
  const { lanes, sent } = turn;
  const [only] = lanes;
  const laneProps = (lane: Lane, at: number) => ({
    lane,
    sent: sent?.lanes[at],
    eager,
    onAgain: lane.run?.workflow_id == null ? undefined : () => actions.again([lane]),
    onSendAgain: () => actions.sendAgain(turn),
    onEdit: () => actions.edit(turn),
  });
  return (
    <article className="flex min-w-0 flex-col gap-2">
      <div className="mx-auto w-full max-w-3xl min-w-0 px-4 md:px-6">
        <PromptView turn={turn} onEdit={() => actions.edit(turn)} />
      </div>
      {lanes.length > 1 ? (
        <CompareView turn={turn} laneProps={laneProps} onAgain={() => actions.again(lanes)} />
      ) : (
        only && (
          <div className="mx-auto flex w-full max-w-3xl min-w-0 flex-col gap-2 px-4 md:px-6">
            <LaneHead run={only.run} target={sent?.lanes[0]?.target} />
            <LaneView {...laneProps(only, 0)} />
          </div>
        )
      )}
    </article>
  );
});
