import { Handle, Position, type Node, type NodeProps } from '@xyflow/react';
import { Ban, CircleCheck, CircleX, TriangleAlert } from 'lucide-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDuration } from '@/lib/format';
import { cn } from '@/lib/cn';
import { Spinner } from '@/ui';
import { BOX } from './layout';
import type { BlockState, ShapeNode } from './shape';

export type BoxNode = Node<{ box: ShapeNode; counted: boolean; chosen: boolean }, 'box'>;

const LOOKS: Record<BlockState, string> = {
  idle: 'border-line text-muted border-dashed bg-surface/70',
  disabled: 'border-line text-faint border-dashed bg-sunken opacity-70',
  running: 'border-info-solid bg-info-soft shadow-pop ring-2 ring-info-solid/40',
  succeeded: 'border-ok-solid/60 bg-surface',
  failed: 'border-bad-solid bg-bad-soft',
  mixed: 'border-warn-solid bg-warn-soft',
};

function StateIcon({ state }: { state: BlockState }) {
  const { t } = useTranslation('runs');
  const label = { role: 'img', 'aria-label': t(`block.${state}`) } as const;
  if (state === 'running') return <span {...label} className="inline-flex text-info"><Spinner /></span>;
  if (state === 'succeeded') return <CircleCheck {...label} className="size-4 shrink-0 text-ok" />;
  if (state === 'failed') return <CircleX {...label} className="size-4 shrink-0 text-bad" />;
  if (state === 'mixed') return <TriangleAlert {...label} className="size-4 shrink-0 text-warn" />;
  if (state === 'disabled') return <Ban {...label} className="size-4 shrink-0 text-faint" />;
  return null;
}

/** `@n8n/n8n-nodes-langchain.lmChatOpenAi` → `lmChatOpenAi`. */
const shortType = (type: string): string => type.split('.').at(-1) ?? type;

/** A node of the workflow, or a step. */
export const GraphBox = memo(function GraphBox({ data: { box, counted, chosen } }: NodeProps<BoxNode>) {
  const { i18n } = useTranslation();
  return (
    <div
      dir="auto"
      className={cn('flex flex-col justify-center gap-0.5 rounded-lg border px-3 text-start shadow-card', LOOKS[box.state], chosen && 'outline-2 outline-offset-2 outline-accent')}
      style={BOX}
    >
      <Handle type="target" position={Position.Left} isConnectable={false} className="!size-1.5 !min-h-0 !min-w-0 !border-0 !bg-line-strong" />
      <div className="flex items-center gap-1.5">
        <span title={box.name} className="min-w-0 flex-1 truncate text-sm font-medium">
          {box.name}
        </span>
        {counted && box.total > 1 && (
          <span dir="ltr" className="shrink-0 rounded bg-hover px-1 text-2xs text-muted tabular-nums">
            {box.ended}/{box.total}
          </span>
        )}
        <StateIcon state={box.state} />
      </div>
      <div className="flex items-center gap-2 text-2xs text-muted">
        {box.type && (
          <span dir="ltr" title={box.type} className="min-w-0 flex-1 truncate">
            {shortType(box.type)}
          </span>
        )}
        {box.durationMs !== undefined && box.ended > 0 && <span className="ms-auto shrink-0 tabular-nums">{formatDuration(box.durationMs, i18n.language)}</span>}
      </div>
      <Handle type="source" position={Position.Right} isConnectable={false} className="!size-1.5 !min-h-0 !min-w-0 !border-0 !bg-line-strong" />
    </div>
  );
});
