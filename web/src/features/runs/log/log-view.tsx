import { ListFilter, SearchX } from 'lucide-react';
import { memo, useDeferredValue, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { EventType, StreamEvent } from '@/api/types';
import { formatDuration, formatNumber } from '@/lib/format';
import { cn } from '@/lib/cn';
import { Badge, EmptyState, SearchInput, Skeleton, type Tone } from '@/ui';
import { timeOf } from '../model/clock';
import type { ViewProps } from '../run/view-props';
import { EventList } from './event-list';
import { summaryOf, stepOf } from './summary';
import { useLogRows } from './use-log-rows';
import { Chip } from './chip';
import type { LogFilter } from './log-rows';

const ROW = 30;

const TONES: Partial<Record<EventType, Tone>> = {
  error: 'bad',
  done: 'ok',
  start: 'ok',
  delta: 'accent',
  tool_start: 'info',
  tool_end: 'info',
  input_required: 'warn',
  input_resolved: 'warn',
  link: 'warn',
  raw: 'warn',
};

/** All events of a run, one line each. */
export function LogView({ trace, selection, live, onOpen }: ViewProps) {
  const { t, i18n } = useTranslation('runs');
  const [types, setTypes] = useState<ReadonlySet<EventType>>(new Set());
  const [text, setText] = useState('');
  const [joined, setJoined] = useState(true);
  const [ofStep, setOfStep] = useState(false);
  const searched = useDeferredValue(text.trim().toLowerCase());
  const step = ofStep ? selection.step : undefined;
  const filter = useMemo((): LogFilter => ({ types, step, text: searched, joined }), [types, step, searched, joined]);
  const { events, count, model } = trace;
  const found = useLogRows(events, count, filter);
  const toggle = (type: EventType) =>
    setTypes((before) => {
      const next = new Set(before);
      if (!next.delete(type)) next.add(type);
      return next;
    });
  const filtered = types.size > 0 || searched !== '' || step !== undefined;
  const looking = found.read < count;
  const clear = () => {
    setTypes(new Set());
    setText('');
    setOfStep(false);
  };
  return (
    <div className="@container flex h-full flex-col">
      <div className="flex shrink-0 flex-col gap-1.5 border-b bg-surface px-3 py-2">
        <div className="flex items-center gap-2">
          <SearchInput label={t('log.search')} value={text} onChange={(event) => setText(event.target.value)} className="min-w-0 flex-1" />
          <span role="status" className="shrink-0 text-2xs text-muted tabular-nums">
            {looking ? t('log.looking', { read: formatNumber(found.read, i18n.language), count: formatNumber(count, i18n.language) }) : t('log.lines', { count: found.count })}
          </span>
        </div>
        <div role="group" aria-label={t('log.types')} className="flex gap-1 overflow-x-auto scroll-thin pb-0.5">
          <Chip on={joined} onClick={() => setJoined(!joined)}>
            {t('log.join')}
          </Chip>
          {selection.step !== undefined && (
            <Chip on={ofStep} onClick={() => setOfStep(!ofStep)}>
              {t('log.ofStep')}
            </Chip>
          )}
          <span aria-hidden className="mx-1 my-1 w-px shrink-0 bg-line" />
          {[...model.counts].map(([type, number]) => (
            <Chip key={type} on={types.has(type)} onClick={() => toggle(type)} count={number}>
              <span dir="ltr">{type}</span>
            </Chip>
          ))}
        </div>
      </div>
      <div className="min-h-0 flex-1">
        {found.count === 0 && !looking && filtered ? (
          <EmptyState icon={<SearchX />} title={t('log.none')} action={<button type="button" onClick={clear} className="text-sm text-accent underline">{t('log.clear')}</button>} />
        ) : found.count === 0 && looking ? (
          <div className="flex flex-col gap-2 p-3">
            <Skeleton className="h-4 w-2/3" />
            <Skeleton className="h-4 w-1/2" />
          </div>
        ) : found.count === 0 ? (
          <EmptyState icon={<ListFilter />} title={t('log.empty')} />
        ) : (
          <EventList
            found={found}
            label={t('view.log')}
            rowHeight={ROW}
            live={live}
            chosen={selection.event}
            onChoose={(seq) => {
              const event = events[seq - 1];
              selection.choose((event && stepOf(event)) ?? selection.step, seq);
            }}
            onOpen={onOpen}
            row={(at) => {
              const line = found.rows[at];
              const event = line && events[line.first];
              return event && <LogLine event={event} last={line.last} summary={summaryOf(events, line)} begin={model.begin ?? model.last} of={event.source?.node ?? event.source?.tool ?? ''} />;
            }}
          />
        )}
      </div>
    </div>
  );
}

const LogLine = memo(function LogLine({ event, last, summary, begin, of }: { event: StreamEvent; last: number; summary: string; begin: number; of: string }) {
  const { t, i18n } = useTranslation('runs');
  const pieces = last + 2 - event.seq;
  return (
    <>
      <span dir="ltr" className="hidden w-12 shrink-0 text-end text-2xs text-faint tabular-nums @lg:block">
        {event.seq}
      </span>
      <span dir="ltr" className="w-20 shrink-0 truncate text-end text-2xs text-faint tabular-nums">
        +{formatDuration(Math.max(0, timeOf(event.timestamp) - begin), i18n.language)}
      </span>
      <span dir="ltr" className="w-24 shrink-0">
        <Badge tone={TONES[event.type]}>{event.type}</Badge>
      </span>
      <span dir="auto" title={of} className="hidden w-28 shrink-0 truncate text-muted @2xl:block">
        {of}
      </span>
      <span dir="auto" className={cn('min-w-0 flex-1 truncate', event.type === 'error' ? 'text-bad' : 'text-ink')}>
        {summary}
      </span>
      {pieces > 1 && <span className="shrink-0 text-2xs text-faint tabular-nums">{t('log.pieces', { count: pieces })}</span>}
    </>
  );
});
