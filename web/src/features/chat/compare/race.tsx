import { useTranslation } from 'react-i18next';
import type { RunView } from '@/api/events';
import { cn } from '@/lib/cn';
import { formatDuration, formatNumber } from '@/lib/format';
import { useNow } from '@/lib/now';
import { isLive } from '@/ui';
import type { Stretch } from '../answer/placement';
import { marksOf, raceOf, type RaceLane } from './race-times';

const LOOKS: Record<Stretch['kind'], string> = {
  waiting: 'bg-line-strong/30',
  thinking: 'bg-info-solid/50',
  writing: 'bg-accent-solid',
  tool: 'bg-warn-solid/60',
  paused: 'bg-[repeating-linear-gradient(135deg,var(--line-strong)_0_2px,transparent_2px_5px)]',
};

interface RaceProps {
  views: readonly (RunView | undefined)[];
  names: readonly string[];
}

/** The runs of one prompt on a common scale of time. */
export function Race(props: RaceProps) {
  const going = props.views.some((view) => view && isLive(view.status));
  return going ? <GoingRace {...props} /> : <Chart {...props} now={0} />;
}

function GoingRace(props: RaceProps) {
  return <Chart {...props} now={useNow('fast')} />;
}

function Chart({ views, names, now }: RaceProps & { now: number }) {
  const { t, i18n } = useTranslation('chat');
  const { lanes, longest } = raceOf(views, now);
  const share = (ms: number) => `${(ms / longest) * 100}%`;
  const time = (ms: number) => formatDuration(ms, i18n.language);
  const seen = [...new Set(lanes.flatMap((lane) => lane?.stretches.map(({ kind }) => kind) ?? []))];
  return (
    <figure aria-label={t('race.title')} className="min-w-0 rounded-lg border bg-surface px-3 py-2.5">
      <div className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 gap-y-1.5 text-xs sm:grid-cols-[minmax(4rem,10rem)_1fr_auto]">
        {lanes.map((lane, at) => (
          <Line key={at} name={names[at] ?? ''} lane={lane} tokens={views[at]?.transcript.usage.output_tokens ?? 0} share={share} time={time} />
        ))}
        {/* Time runs from left to right in every language, as on a clock's scale. */}
        <div dir="ltr" aria-hidden className="relative col-span-full h-4 border-t text-2xs text-faint sm:col-span-1 sm:col-start-2">
          {marksOf(longest * 0.96).map((mark) => (
            <span key={mark} className="absolute top-0.5 -translate-x-1/2 whitespace-nowrap tabular-nums first:translate-x-0 max-sm:even:hidden" style={{ left: share(mark) }}>
              {time(mark)}
            </span>
          ))}
        </div>
      </div>
      <figcaption className="mt-1 flex flex-wrap gap-x-3 gap-y-0.5 text-2xs text-muted">
        {seen.map((kind) => (
          <span key={kind} className="inline-flex items-center gap-1">
            <span aria-hidden className={cn('h-2 w-3 rounded-xs', LOOKS[kind])} />
            {t(`race.${kind}`)}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

interface LineProps {
  name: string;
  lane: RaceLane | undefined;
  tokens: number;
  share: (ms: number) => string;
  time: (ms: number) => string;
}

function Line({ name, lane, tokens, share, time }: LineProps) {
  const { t, i18n } = useTranslation('chat');
  const first = lane?.firstWord === undefined ? undefined : t('race.firstWord', { time: time(lane.firstWord) });
  return (
    <div className="col-span-full grid grid-cols-subgrid items-center gap-y-1">
      <span dir="auto" className="truncate" title={name}>
        {name}
      </span>
      <div dir="ltr" className="relative h-3 min-w-0 overflow-hidden rounded-sm bg-sunken max-sm:col-span-full max-sm:row-start-2">
        {lane?.stretches.map((stretch, at) => (
          <span
            key={at}
            aria-hidden
            title={`${t(`race.${stretch.kind}`)} · ${time(stretch.to - stretch.from)}`}
            className={cn('absolute inset-y-0 min-w-px', LOOKS[stretch.kind])}
            style={{ left: share(stretch.from), width: share(stretch.to - stretch.from) }}
          />
        ))}
      </div>
      <span className="flex justify-end gap-x-2 text-end whitespace-nowrap text-faint tabular-nums">
        {first && <span>{first}</span>}
        {lane && <span className={lane.over ? 'text-ink' : undefined}>{time(lane.total)}</span>}
        {tokens > 0 && <span className="hidden sm:inline">{t('tokens', { count: tokens, figure: formatNumber(tokens, i18n.language) })}</span>}
      </span>
    </div>
  );
}
