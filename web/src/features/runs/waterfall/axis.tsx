import { useTranslation } from 'react-i18next';
import { formatDuration } from '@/lib/format';
import { cn } from '@/lib/cn';
import type { Mark, TraceModel } from '../model/trace';
import { percentOf, type Range } from './scale';

/** The moments on the axis. */
export function Ruler({ ticks, origin, range }: { ticks: readonly number[]; origin: number; range: Range }) {
  const { i18n } = useTranslation();
  return (
    <div aria-hidden className="relative h-7 overflow-hidden">
      {ticks.map((tick) => (
        <span key={tick} className="absolute inset-y-0 flex items-center border-l ps-1 text-2xs whitespace-nowrap text-faint tabular-nums" style={{ left: `${percentOf(origin + tick, range)}%` }}>
          {tick < 0 ? `−${formatDuration(-tick, i18n.language)}` : formatDuration(tick, i18n.language)}
        </span>
      ))}
    </div>
  );
}

/** Lines of the axis behind all rows, and what concerns the run as a whole: someone is waited for, the peer is gone. */
export function Behind({ ticks, origin, range, model, now, start }: { ticks: readonly number[]; origin: number; range: Range; model: TraceModel; now: number; start: string }) {
  const band = (from: number, to: number) => ({ left: `${percentOf(from, range)}%`, width: `${percentOf(to, range) - percentOf(from, range)}%` });
  const seen = ({ from, to }: { from: number; to: number | undefined }) => from < range.to && (to ?? now) > range.from;
  return (
    <div role="none" className="pointer-events-none absolute inset-y-0 end-0" style={{ insetInlineStart: start }}>
      <div role="none" dir="ltr" className="absolute inset-0 overflow-hidden">
        {model.pauses.filter(seen).slice(0, 200).map(({ from, to }, at) => (
          <span key={`pause-${at}`} className="absolute inset-y-0 bg-warn-soft/60" style={band(from, to ?? now)} />
        ))}
        {model.links.filter((link) => !link.up && seen(link)).slice(0, 200).map(({ from, to }, at) => (
          <span key={`link-${at}`} className="absolute inset-y-0 bg-bad-soft/60" style={band(from, to ?? now)} />
        ))}
        {ticks.map((tick) => (
          <span key={tick} className="absolute inset-y-0 w-px bg-line/60" style={{ left: `${percentOf(origin + tick, range)}%` }} />
        ))}
      </div>
    </div>
  );
}

/** There is more to see of the connection than that it was there. */
export const hasNewsOfLink = (model: TraceModel): boolean => model.marks.length > 0 || model.links.length > 1;

const MARK_LOOK: Record<Mark['kind'], string> = {
  error: 'bg-bad-solid rotate-45',
  lost: 'bg-bad-solid rounded-full',
  reconnecting: 'bg-warn-solid rounded-full',
  recovering: 'bg-warn-solid rounded-full',
  recovered: 'bg-ok-solid rounded-full',
};

/** The connection between hub and peer: attempts, breaks, and errors where they happened. */
export function LinkLane({ model, range, now, onChoose }: { model: TraceModel; range: Range; now: number; onChoose: (seq: number) => void }) {
  const { t } = useTranslation('runs');
  const attempts = model.links.at(-1)?.attempt ?? 1;
  return (
    <div className="relative h-6 overflow-hidden">
      {model.links.slice(-400).map(({ from, to, up, attempt, reason }, at) => {
        const [left, right] = [Math.max(-1, percentOf(from, range)), Math.min(101, percentOf(to ?? now, range))];
        if (right < 0 || left > 100) return null;
        return (
          <span
            key={at}
            title={reason ?? (up ? t('link.up') : t('link.down'))}
            className={cn('absolute top-1.5 flex h-3 min-w-[3px] items-center overflow-hidden rounded-xs px-1 text-[0.625rem] leading-3 whitespace-nowrap', up ? 'bg-ok-soft text-ok' : 'bg-[repeating-linear-gradient(135deg,var(--bad-solid)_0_2px,var(--bad-soft)_2px_6px)]')}
            style={{ left: `${left}%`, width: `${right - left}%` }}
          >
            {up && attempts > 1 && t('link.attempt', { n: attempt })}
          </span>
        );
      })}
      {model.marks.slice(-400).map(({ at, kind, seq, text }) => {
        const left = percentOf(at, range);
        if (left < 0 || left > 100) return null;
        return (
          <button
            key={seq}
            type="button"
            tabIndex={-1}
            title={[t(`mark.${kind}`), text].filter(Boolean).join(': ')}
            aria-label={t(`mark.${kind}`)}
            onClick={() => onChoose(seq)}
            className="absolute top-0 flex size-6 -translate-x-1/2 items-center justify-center"
            style={{ left: `${left}%` }}
          >
            <span className={cn('size-2 ring-2 ring-surface', MARK_LOOK[kind])} />
          </button>
        );
      })}
    </div>
  );
}
