import { RotateCw } from 'lucide-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Button, Dot, Problem } from '@/ui';
import { Markdown } from '@/features/markdown';
import { Answer, KeptAnswer } from '../answer/answer';
import type { SentLane } from '../state/outbox';
import { useNear } from './near';
import type { Lane } from './turns';

interface LaneViewProps {
  lane: Lane;
  /** How it stands with a run that is being started. */
  sent?: SentLane;
  /** Read at once rather than when it comes near. */
  eager: boolean;
  onAgain?: (runId: string) => void;
  onSendAgain?: () => void;
  onEdit?: () => void;
}

/** One answer: of a run, of one that is being started, or what is left of one that is gone. */
export function LaneView({ lane, sent, eager, onAgain, onSendAgain, onEdit }: LaneViewProps) {
  const { t } = useTranslation('chat');
  const box = useRef<HTMLDivElement>(null);
  const near = useNear(box, eager);
  const { runId } = lane;
  const isGone = runId === undefined ? !sent : !lane.run && !sent;
  return (
    <div ref={box} className="min-w-0">
      {sent && sent.state !== 'started' ? (
        <Starting sent={sent} onSendAgain={onSendAgain} onEdit={onEdit} />
      ) : isGone ? (
        <div className="flex flex-col gap-2">
          {lane.kept && <Markdown text={lane.kept} />}
          <p className="text-xs text-faint">{t('gone')}</p>
        </div>
      ) : near && runId !== undefined ? (
        <Answer runId={runId} kept={lane.kept} onAgain={onAgain} />
      ) : (
        <KeptAnswer text={lane.kept} />
      )}
    </div>
  );
}

function Starting({ sent, onSendAgain, onEdit }: { sent: SentLane; onSendAgain?: () => void; onEdit?: () => void }) {
  const { t } = useTranslation('chat');
  if (sent.state === 'failed') {
    return (
      <div className="flex min-w-0 flex-col gap-2">
        <Problem error={sent.error ?? new Error(t('notTaken'))} />
        <div className="flex flex-wrap gap-2">
          <Button size="sm" icon={<RotateCw className="size-3.5" />} onClick={onSendAgain}>
            {t('sendAgain')}
          </Button>
          <Button size="sm" tone="ghost" onClick={onEdit}>
            {t('editMessage')}
          </Button>
        </div>
      </div>
    );
  }
  return (
    <p role="status" className="flex min-h-7 items-center gap-2 text-xs text-muted">
      <Dot tone={sent.state === 'unsure' ? 'warn' : 'info'} pulse />
      {t(sent.state === 'unsure' ? 'unsure' : 'sending')}
    </p>
  );
}
