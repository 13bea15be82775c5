import { Background, BackgroundVariant, Controls, MarkerType, MiniMap, ReactFlow, ReactFlowProvider, useReactFlow, type Edge } from '@xyflow/react';
import '@xyflow/react/dist/style.css';
import './graph.css';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { EmptyState, Segmented } from '@/ui';
import { WorkflowIcon } from 'lucide-react';
import type { Trace } from '../model/trace';
import type { ViewProps } from '../run/view-props';
import { GraphBox, type BoxNode } from './graph-box';
import { asDrawn, tidy } from './layout';
import { aggregated, expanded, type Shape } from './shape';

const BOXES = { box: GraphBox };
/** A run that goes on is drawn anew this often. */
const CALM_MS = 250;
const FIT = { padding: 0.15, maxZoom: 1.1, minZoom: 0.2 };

type Mode = 'workflow' | 'steps';
type Layout = 'tidy' | 'drawn';

/** The workflow with what ran of it, or every step as a box. Loaded when it is looked at. */
export default function GraphView(props: ViewProps) {
  return (
    <ReactFlowProvider>
      <Flow {...props} />
    </ReactFlowProvider>
  );
}

/** The trace, but a new one only every so often. */
function useCalm(trace: Trace, live: boolean): Trace {
  const [calm, setCalm] = useState(trace);
  const latest = useRef(trace);
  useEffect(() => {
    latest.current = trace;
  });
  useEffect(() => {
    const timer = setInterval(() => setCalm(latest.current), CALM_MS);
    return () => clearInterval(timer);
  }, []);
  return live && calm.model === trace.model ? calm : trace;
}

function Flow({ trace: latest, selection, live, workflow, onOpen }: ViewProps) {
  const { t } = useTranslation('runs');
  const trace = useCalm(latest, live);
  const [mode, setMode] = useState<Mode>('workflow');
  const [wanted, setWanted] = useState<Layout>('tidy');
  const graph = workflow?.graph ?? undefined;
  const shape = useMemo(() => (mode === 'workflow' ? aggregated(trace, graph) : expanded(trace, selection.step)), [mode, trace, graph, selection.step]);
  const drawn = useMemo(() => (mode === 'workflow' ? asDrawn(shape) : undefined), [mode, shape]);
  const places = usePlaces(shape);
  const at = wanted === 'drawn' && drawn ? drawn : places;

  const chosen = mode === 'steps' ? selection.step : blockOf(trace, selection.step);
  const nodes = useMemo(
    () =>
      shape.nodes.map((box): BoxNode => {
        const data = { box, counted: mode === 'workflow', chosen: box.id === chosen };
        return { id: box.id, type: 'box', position: at.get(box.id) ?? { x: 0, y: 0 }, data, ariaLabel: box.name };
      }),
    [shape, at, mode, chosen],
  );
  const edges = useMemo(() => shape.edges.map(edgeOf), [shape]);

  const choose = (node: BoxNode) => {
    const { steps } = node.data.box;
    if (steps.length === 0) return;
    const now = steps.findIndex(({ id }) => id === selection.step);
    // Again on the same box: its next run. First the one that says most: what failed, or the last.
    const first = steps.find(({ status }) => status === 'failed') ?? steps.at(-1);
    selection.choose((now < 0 ? first : steps[(now + 1) % steps.length])?.id);
    onOpen();
  };
  return (
    <div className="relative flex h-full flex-col">
      <div className="flex shrink-0 flex-wrap items-center gap-2 border-b bg-surface px-3 py-1">
        <Segmented label={t('graph.mode')} value={mode} onChange={setMode} options={[{ key: 'workflow', label: t('graph.workflow') }, { key: 'steps', label: t('graph.steps') }]} />
        {drawn && <Segmented label={t('graph.layout')} value={wanted} onChange={setWanted} options={[{ key: 'tidy', label: t('graph.tidy') }, { key: 'drawn', label: t('graph.drawn') }]} />}
        {shape.left > 0 && <span className="text-2xs text-muted">{t('graph.left', { count: shape.left })}</span>}
      </div>
      <div dir="ltr" className="min-h-0 flex-1">
        {shape.nodes.length === 0 ? (
          <EmptyState icon={<WorkflowIcon />} title={t('graph.empty')}>
            {t('graph.emptyText')}
          </EmptyState>
        ) : (
          <ReactFlow
            nodes={nodes}
            edges={edges}
            nodeTypes={BOXES}
            onNodeClick={(_, node) => choose(node)}
            fitView
            fitViewOptions={FIT}
            minZoom={0.05}
            nodesDraggable={false}
            nodesConnectable={false}
            edgesFocusable={false}
            onlyRenderVisibleElements
            zoomOnDoubleClick={false}
            onKeyDown={(event) => {
              const id = (event.target as HTMLElement).dataset.id;
              const node = nodes.find((one) => one.id === id);
              if (node && (event.key === 'Enter' || event.key === ' ')) choose(node);
            }}
          >
            <Background variant={BackgroundVariant.Dots} gap={20} size={1} />
            <Controls showInteractive={false} />
            {nodes.length > 25 && <MiniMap pannable zoomable className="max-md:hidden" />}
            <Refit mode={mode} layout={wanted} count={nodes.length} />
          </ReactFlow>
        )}
      </div>
    </div>
  );
}

/** The node of the workflow that a step is, or is a part of. */
function blockOf({ model }: Trace, step: string | undefined): string | undefined {
  let node = step === undefined ? undefined : model.tree.get(step);
  for (let n = 0; node && !node.isRunOfBlock && n < 1000; n += 1) node = node.named;
  return node?.block;
}

/** Boxes move only when the graph is another one, not when a state in it changes. */
function usePlaces(shape: Shape) {
  const key = JSON.stringify([shape.nodes.map(({ id }) => id), shape.edges.map(({ from, to }) => [from, to])]);
  // The key says all that the layout depends on.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  return useMemo(() => tidy(shape), [key]);
}

function edgeOf({ id, from, to, kind, taken, count }: Shape['edges'][number]): Edge {
  return {
    id,
    source: from,
    target: to,
    type: 'smoothstep',
    className: taken ? (kind ? 'edge-taken edge-side' : 'edge-taken') : 'edge-side',
    label: kind && kind !== 'into' ? kind.replace(/^ai_/, '') : count > 1 ? `×${count}` : undefined,
    markerEnd: { type: MarkerType.ArrowClosed, width: 14, height: 14, color: 'var(--line-strong)' },
    focusable: false,
  };
}

/** Brings all into sight when the graph becomes another one. */
function Refit({ mode, layout, count }: { mode: Mode; layout: Layout; count: number }) {
  const { fitView } = useReactFlow();
  useEffect(() => {
    const timer = setTimeout(() => void fitView({ ...FIT, duration: matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 200 }), 30);
    return () => clearTimeout(timer);
  }, [fitView, mode, layout, count]);
  return null;
}
