import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { SearchX } from 'lucide-react';
import { lazy, Suspense, useCallback, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRun } from '@/api/events';
import { asProblem } from '@/api/problem';
import { backendsQuery, runQuery, workflowQuery } from '@/api/queries';
import { QuestionCard } from '@/features/questions';
import type { Command } from '@/lib/commands';
import { useNow } from '@/lib/now';
import { buttonClass, EmptyState, isLive, PageHeader, Problem, Skeleton, SkeletonRows, Split, Tabs } from '@/ui';
import { DetailsPanel } from '../details/details-panel';
import { LogView } from '../log/log-view';
import { RawView } from '../log/raw-view';
import { readTrace } from '../model/trace';
import { useMedia } from '../rows/use-media';
import type { TraceView } from '../search';
import { TreeView } from '../tree/tree-view';
import { WaterfallView } from '../waterfall/waterfall-view';
import { DetailsSheet } from './details-sheet';
import { Reading } from './reading';
import { RunHeader } from './run-header';
import { useSelection } from './use-selection';
import type { ViewProps } from './view-props';

const GraphView = lazy(() => import('../graph/graph-view'));
const ORDER: readonly TraceView[] = ['tree', 'waterfall', 'graph', 'log', 'raw'];

/** One run: what happened in it, live and afterwards. */
export function RunPage() {
  const { id } = useParams({ from: '/runs/$id' });
  return <OneRun key={id} id={id} />;
}

function OneRun({ id }: { id: string }) {
  const { t } = useTranslation('runs');
  const view = useRun(id);
  const { data: run } = useQuery(runQuery(id));
  const { data: backends } = useQuery(backendsQuery);
  const workflowId = run?.workflow_id ?? view.transcript.start?.workflow_id ?? undefined;
  const { data: workflow } = useQuery({ ...workflowQuery(workflowId ?? ''), enabled: workflowId !== undefined });
  const selection = useSelection();
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const folding = useMemo(() => ({ folded, setFolded }), [folded]);
  const isWide = useMedia('(min-width: 64rem)');
  const [sheet, setSheet] = useState(selection.step !== undefined || selection.event !== undefined);
  const panel = useRef<HTMLDivElement>(null);

  const { transcript, events, count, phase, problem, retry } = view;
  const status = count > 0 ? transcript.status : (run?.status ?? 'queued');
  const live = isLive(status);
  const now = useNow(live ? 'fast' : 'slow');
  const trace = readTrace(view);
  const moment = live ? Math.max(now, trace.model.last) : trace.model.last;
  const name = transcript.start?.workflow ?? run?.workflow_name ?? '';
  const { show } = selection;
  const views = useMemo(
    () => ORDER.map((key, at): Command => ({ id: `runs.view.${key}`, title: t(`show.${key}`), group: t('title'), keys: String(at + 1), run: () => show(key) })),
    [t, show],
  );
  const onOpen = useCallback(() => {
    // Wide screens have it beside the view already.
    if (!isWide) setSheet(true);
  }, [isWide]);

  if (phase === 'failed' && count === 0) {
    const { status: answer, code } = asProblem(problem);
    if (answer === 404 || code === 'invalid_request') {
      return (
        <EmptyState
          heading="h1"
          icon={<SearchX />}
          title={t('gone.title')}
          action={
            <Link to="/runs" className={buttonClass('primary')}>
              {t('toList')}
            </Link>
          }
        >
          {t('gone.text')}
        </EmptyState>
      );
    }
    return (
      <>
        <PageHeader title={t('title')} />
        <div className="p-4 md:p-6">
          <Problem error={problem} onRetry={retry} />
          <Link to="/runs" className={`${buttonClass()} mt-3`}>
            {t('toList')}
          </Link>
        </div>
      </>
    );
  }
  const backend = backends?.find((one) => one.id === run?.backend_id);
  const props: ViewProps = { trace, selection, folding, live, name, run, workflow, now: moment, onOpen };
  const questions = transcript.pending.map((question) => <QuestionCard key={question.request_id} runId={id} question={question} />);
  const details = <DetailsPanel questions={isWide ? questions : undefined} trace={trace} view={view} run={run} selection={selection} live={live} now={moment} focus={panel} />;
  const tabs = (
    <Tabs
      label={t('views')}
      value={selection.view}
      onChange={show}
      tabs={ORDER.map((key) => ({ key, label: t(`view.${key}`), count: key === 'log' && count > 0 ? count : key === 'tree' && trace.rows.length > 0 ? trace.rows.length : undefined }))}
      className="h-full"
      panelClassName="bg-surface"
    >
      {count === 0 ? <SkeletonRows rows={8} /> : <View {...props} view={selection.view} />}
    </Tabs>
  );
  return (
    <>
      <RunHeader
        name={name}
        status={status}
        run={run}
        backend={backend}
        workflow={workflow}
        usage={transcript.usage}
        simulated={transcript.start?.simulated ?? false}
        startedAt={transcript.startedAt ?? run?.created_at}
        durationMs={transcript.done?.duration_ms ?? undefined}
        events={events}
        views={views}
      />
      {phase === 'loading' && <Reading read={count} known={run?.last_seq} />}
      {phase === 'failed' && <Problem error={problem} onRetry={retry} className="m-3" />}
      {!isWide && questions.length > 0 && <div className="flex max-h-[45%] shrink-0 flex-col gap-2 overflow-y-auto border-b p-3">{questions}</div>}
      {isWide ? <Split name="run" label={t('resize')} first={tabs} second={details} initial={62} className="flex-1" /> : <div className="min-h-0 flex-1">{tabs}</div>}
      {!isWide && (
        <DetailsSheet open={sheet} onClose={() => setSheet(false)}>
          {details}
        </DetailsSheet>
      )}
    </>
  );
}

function View({ view, ...props }: ViewProps & { view: TraceView }) {
  switch (view) {
    case 'tree':
      return <TreeView {...props} />;
    case 'waterfall':
      return <WaterfallView {...props} />;
    case 'graph':
      return (
        <Suspense fallback={<Skeleton className="m-4 h-2/3" />}>
          <GraphView {...props} />
        </Suspense>
      );
    case 'log':
      return <LogView {...props} />;
    case 'raw':
      return <RawView {...props} />;
  }
}
