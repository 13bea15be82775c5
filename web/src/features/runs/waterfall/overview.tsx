import { useMemo, useRef, type KeyboardEvent, type PointerEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { TraceModel } from '../model/trace';
import { densityOf, outlineOf } from './density';
import { percentOf, type Range } from './scale';
import type { Zoom } from './use-zoom';

const BINS = 240;
const [WIDTH, HEIGHT] = [1000, 40];
/** As close to an edge as this, in pixels, the pointer takes the edge. */
const GRIP = 10;
/** The outline of a run that goes on is drawn anew this often. */
const CALM_MS = 400;

type Grip = { kind: 'from' | 'to' | 'new'; fixed: number } | { kind: 'move'; offset: number };

/** The whole run as a strip: how much went on when. A part of it is chosen by hand or keys. */
export function Overview({ model, zoom, now }: { model: TraceModel; zoom: Zoom; now: number }) {
  const { t } = useTranslation('runs');
  const strip = useRef<HTMLDivElement>(null);
  const grip = useRef<Grip>(undefined);
  const { whole, range } = zoom;

  const onPointerDown = (event: PointerEvent) => {
    const box = strip.current?.getBoundingClientRect();
    if (!box || event.button !== 0) return;
    const at = momentOf(event.clientX, box, whole);
    const near = (moment: number) => Math.abs(event.clientX - box.left - (percentOf(moment, whole) / 100) * box.width) < GRIP;
    if (zoom.close && near(range.from)) grip.current = { kind: 'from', fixed: range.to };
    else if (zoom.close && near(range.to)) grip.current = { kind: 'to', fixed: range.from };
    else if (zoom.close && at > range.from && at < range.to) grip.current = { kind: 'move', offset: at - range.from };
    else grip.current = { kind: 'new', fixed: at };
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const onPointerMove = (event: PointerEvent) => {
    const box = strip.current?.getBoundingClientRect();
    const held = grip.current;
    if (!box || !held) return;
    const at = momentOf(event.clientX, box, whole);
    if (held.kind === 'move') zoom.set({ from: at - held.offset, to: at - held.offset + range.to - range.from });
    else if (Math.abs(at - held.fixed) > 0) zoom.set({ from: Math.min(at, held.fixed), to: Math.max(at, held.fixed) });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const actions: Record<string, (() => void) | undefined> = {
      ArrowLeft: () => zoom.pan(-0.1),
      ArrowRight: () => zoom.pan(0.1),
      '+': () => zoom.by(0.7),
      '=': () => zoom.by(0.7),
      '-': () => zoom.by(1 / 0.7),
      '0': zoom.reset,
      Escape: zoom.reset,
    };
    const action = actions[event.key];
    if (!action || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    action();
  };

  const [left, right] = [Math.max(0, percentOf(range.from, whole)), Math.min(100, percentOf(range.to, whole))];
  return (
    <div
      ref={strip}
      role="group"
      dir="ltr"
      tabIndex={0}
      aria-label={t('waterfall.overview')}
      title={t('waterfall.brush')}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={() => (grip.current = undefined)}
      onDoubleClick={zoom.reset}
      onKeyDown={onKeyDown}
      className="relative h-10 min-w-0 flex-1 cursor-crosshair touch-none overflow-hidden -outline-offset-2"
    >
      <Outline model={model} whole={whole} now={now} />
      {zoom.close && (
        <>
          <span className="absolute inset-y-0 left-0 bg-sunken/75" style={{ width: `${left}%` }} />
          <span className="absolute inset-y-0 right-0 bg-sunken/75" style={{ width: `${100 - right}%` }} />
          <span className="absolute inset-y-0 cursor-grab border-x-2 border-accent bg-accent/8" style={{ left: `${left}%`, width: `${right - left}%` }} />
          <span className="absolute inset-y-0 w-3 -translate-x-1.5 cursor-ew-resize" style={{ left: `${left}%` }} />
          <span className="absolute inset-y-0 w-3 -translate-x-1.5 cursor-ew-resize" style={{ left: `${right}%` }} />
        </>
      )}
    </div>
  );
}

function momentOf(x: number, box: DOMRect, whole: Range): number {
  const share = Math.min(1, Math.max(0, (x - box.left) / box.width));
  return whole.from + (whole.to - whole.from) * share;
}

function Outline({ model, whole, now }: { model: TraceModel; whole: Range; now: number }) {
  // While a run goes on, the drawing is a moment old and stretched to the time of now.
  const calm = model.end === undefined ? Math.floor(now / CALM_MS) * CALM_MS : now;
  const settled = model.end === undefined ? calm : whole.to;
  const isEmpty = model.nodes.length === 0;
  const path = useMemo(() => {
    const part = { from: whole.from, to: Math.max(settled, whole.from + 1) };
    return isEmpty ? '' : outlineOf(densityOf(model.nodes, part, BINS, settled), WIDTH, HEIGHT - 6);
  }, [model, whole.from, settled, isEmpty]);
  const place = (from: number, to: number) => {
    const x = percentOf(from, whole) * 10;
    return { x, width: Math.max(2, percentOf(to, whole) * 10 - x) };
  };
  return (
    <svg aria-hidden viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" className="absolute inset-0 size-full">
      {model.pauses.slice(0, 200).map(({ from, to }, at) => (
        <rect key={at} {...place(from, to ?? now)} y={0} height={HEIGHT} className="fill-warn-soft" />
      ))}
      {model.links.slice(0, 200).map(({ up, from, to }, at) => !up && <rect key={at} {...place(from, to ?? now)} y={0} height={HEIGHT} className="fill-bad-soft" />)}
      <path d={path} transform="translate(0 3)" className="fill-info-solid/55" />
      {model.firstText !== undefined && model.lastText !== undefined && <rect {...place(model.firstText, model.lastText)} y={HEIGHT - 3} height={3} className="fill-accent-solid" />}
      {model.marks.slice(0, 200).map(({ at, kind, seq }) => kind === 'error' && <rect key={seq} {...place(at, at)} y={0} height={HEIGHT} className="fill-bad-solid" />)}
    </svg>
  );
}
