import { memo, useEffect, useRef, useState, type PointerEvent, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { ZoomIn, ZoomOut, Maximize2 } from 'lucide-react';
import { formatDuration } from '@/lib/format';
import { timeOf } from '../model/clock';
import type { Pause } from '../model/trace';
import { NameCell } from '../rows/name-cell';
import { RowFrame, StepGrid, type RowProps } from '../rows/step-grid';
import type { ViewProps } from '../run/view-props';
import { IconButton } from '@/ui';
import { Behind, hasNewsOfLink, LinkLane, Ruler } from './axis';
import { Bar } from './bar';
import { Legend } from './legend';
import { NameWidth, useNameWidth } from './name-width';
import { Overview } from './overview';
import { ticksOf, type Range } from './scale';
import { runSegments, segmentsOf } from './segments';
import { useZoom, useZoomWheel } from './use-zoom';

const TICK_PX = 96;
const NONE: readonly Pause[] = [];

/** The steps on a time axis. Time goes from left to right in every language. */
export function WaterfallView({ trace, selection, live, folding, name, run, now, onOpen }: ViewProps) {
  const { t, i18n } = useTranslation('runs');
  const { model } = trace;
  const createdAt = run ? timeOf(run.created_at) : undefined;
  const [first, last] = model.span(now);
  const from = Math.min(createdAt ?? first, first);
  // A little room, so that the last bar is not cut at the edge.
  const zoom = useZoom({ from, to: last + (last - from) * 0.015 });
  const { range } = zoom;
  const area = useRef<HTMLDivElement>(null);
  const axis = useRef<HTMLDivElement>(null);
  const width = useWidth(axis);
  useZoomWheel(area, axis, zoom);
  const [names, setNames] = useNameWidth();
  const origin = model.begin ?? from;
  const ticks = ticksOf(range, origin, width / TICK_PX);
  const lane = hasNewsOfLink(model);
  const line = useRef<HTMLDivElement>(null);
  const readout = useReadout(line, axis, range, (at) => formatDuration(Math.max(0, at - origin), i18n.language));
  const nameStyle = { width: names };

  const header = (
    <div className="border-b bg-surface">
      <div role="row" className="flex">
        <div role="columnheader" className="relative flex shrink-0 items-center border-e px-3 text-2xs font-medium text-faint" style={nameStyle}>
          {t('column.step')}
          <NameWidth width={names} onChange={setNames} />
        </div>
        <div ref={axis} role="columnheader" dir="ltr" className="min-w-0 flex-1">
          <span className="sr-only">{t('column.time')}</span>
          <Ruler ticks={ticks} origin={origin} range={range} />
        </div>
      </div>
      {lane && (
        <div role="row" className="flex border-t">
          <div role="rowheader" className="flex shrink-0 items-center border-e px-3 text-2xs text-faint" style={nameStyle}>
            <span className="truncate">{t('link.lane')}</span>
          </div>
          <div role="gridcell" dir="ltr" className="min-w-0 flex-1">
            <LinkLane model={model} range={range} now={now} onChoose={(seq) => selection.choose(selection.step, seq)} />
          </div>
        </div>
      )}
    </div>
  );
  const row = (props: RowProps) => {
    const { node, step } = props;
    const goesOn = node ? node.open && live : live;
    // A step that never ended in a run that has, ends with it.
    const until = live ? now : last;
    return (
      <WaterfallRow
        key={props.index}
        {...props}
        name={name}
        names={names}
        range={range}
        start={node ? node.start : from}
        until={goesOn || (node && node.end === undefined) ? until : undefined}
        pauses={model.pauses.length > 0 && (node === undefined || model.pauses.some((pause) => pause.node === node)) ? model.pauses : NONE}
        text={node ? node.lastText : model.lastText}
        failed={node ? step?.status === 'failed' : model.end !== undefined && run?.status === 'failed'}
        segments={() => (node ? segmentsOf(node, step?.kind === 'wait', model.pauses, until) : runSegments(model, createdAt, until))}
        goesOn={goesOn}
        onOpen={onOpen}
      />
    );
  };
  return (
    <div ref={area} className="flex h-full flex-col" onPointerMove={readout.onPointerMove} onPointerLeave={readout.onPointerLeave}>
      <div className="flex shrink-0 items-center gap-3 border-b bg-surface px-3 py-1">
        <Legend skew={model.skew} />
        <div className="ms-auto flex">
          <IconButton label={t('waterfall.out')} size="sm" disabled={!zoom.close} onClick={() => zoom.by(2)}>
            <ZoomOut className="size-4" />
          </IconButton>
          <IconButton label={t('waterfall.in')} size="sm" onClick={() => zoom.by(0.5)}>
            <ZoomIn className="size-4" />
          </IconButton>
          <IconButton label={t('waterfall.whole')} size="sm" disabled={!zoom.close} onClick={zoom.reset}>
            <Maximize2 className="size-3.5" />
          </IconButton>
        </div>
      </div>
      <div className="flex shrink-0 border-b bg-surface">
        <div className="flex shrink-0 items-center border-e px-3 text-2xs text-faint" style={nameStyle}>
          <span className="truncate">{t('waterfall.all')}</span>
        </div>
        <Overview model={model} zoom={zoom} now={live ? now : last} />
      </div>
      <div className="relative min-h-0 flex-1">
        <StepGrid
          trace={trace}
          selection={selection}
          live={live}
          label={t('view.waterfall')}
          columns={2}
          header={header}
          above={lane ? 54 : 29}
          behind={<Behind ticks={ticks} origin={origin} range={range} model={model} now={live ? now : last} start={`${names}px`} />}
          row={row}
          onOpen={onOpen}
          {...folding}
        />
        <div ref={line} aria-hidden className="pointer-events-none invisible absolute inset-y-0 left-0 z-30 w-px bg-accent/60">
          <span className="absolute top-1 left-1 rounded bg-accent-solid px-1 text-2xs whitespace-nowrap text-on-accent tabular-nums" />
        </div>
      </div>
    </div>
  );
}

interface WaterfallRowProps extends RowProps {
  name: string;
  names: number;
  range: Range;
  /** What follows tells when the bar must be drawn anew; the bar itself comes from `segments`. */
  start: number;
  until: number | undefined;
  pauses: readonly Pause[];
  text: number | undefined;
  segments: () => ReturnType<typeof segmentsOf>;
  failed: boolean;
  goesOn: boolean;
  onOpen: () => void;
}

const WaterfallRow = memo(
  function WaterfallRow({ name, names, range, segments, failed, goesOn, ...props }: WaterfallRowProps) {
    const { i18n } = useTranslation();
    const pieces = segments();
    const [first, last] = [pieces[0], pieces.at(-1)];
    const ms = props.node?.duration ?? (first && last ? last.to - first.from : undefined);
    const cells = (
      <>
        <div role="none" className="flex h-full shrink-0 items-center border-e" style={{ width: names }}>
          <NameCell {...props} run={name} />
        </div>
        <div role="gridcell" dir="ltr" className="relative h-full min-w-0 flex-1 overflow-hidden">
          <Bar segments={pieces} range={range} failed={failed} open={goesOn} label={ms === undefined ? undefined : formatDuration(Math.max(0, ms), i18n.language)} />
        </div>
      </>
    );
    return <RowFrame {...props} cells={cells} />;
  },
  (before, after) => (Object.keys(after) as (keyof WaterfallRowProps)[]).every((key) => key === 'segments' || Object.is(before[key], after[key])),
);

function useWidth(ref: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(600);
  useEffect(() => {
    const element = ref.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return width;
}

/** The moment under the pointer, without a render for each of its moves. */
function useReadout(line: RefObject<HTMLElement | null>, axis: RefObject<HTMLElement | null>, { from, to }: Range, format: (at: number) => string) {
  const onPointerMove = (event: PointerEvent) => {
    const box = axis.current?.getBoundingClientRect();
    const mark = line.current;
    if (!box || !mark?.parentElement) return;
    const share = (event.clientX - box.left) / box.width;
    const over = share >= 0 && share <= 1 && event.clientY > box.top;
    mark.style.visibility = over ? 'visible' : 'hidden';
    mark.style.transform = `translateX(${event.clientX - mark.parentElement.getBoundingClientRect().left}px)`;
    if (mark.firstElementChild) mark.firstElementChild.textContent = format(from + (to - from) * share);
  };
  const onPointerLeave = () => {
    if (line.current) line.current.style.visibility = 'hidden';
  };
  return { onPointerMove, onPointerLeave };
}
