import { FileWarning } from 'lucide-react';
import { memo, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { StreamEvent } from '@/api/types';
import { EmptyState, Segmented } from '@/ui';
import type { ViewProps } from '../run/view-props';
import { EventList } from './event-list';
import type { LogFilter } from './log-rows';
import { stepOf } from './summary';
import { useLogRows } from './use-log-rows';

const ROW = 26;
const MOST = 400;

type Which = 'all' | 'raw';

/** Every event as it is in the log, and the peer's frames that nobody understood. */
export function RawView({ trace, selection, live, onOpen }: ViewProps) {
  const { t } = useTranslation('runs');
  const [which, setWhich] = useState<Which>('all');
  const filter = useMemo((): LogFilter => ({ types: new Set(which === 'raw' ? ['raw'] : []), step: undefined, text: '', joined: false }), [which]);
  const { events, count, model } = trace;
  const found = useLogRows(events, count, filter);
  const frames = model.counts.get('raw') ?? 0;
  return (
    <div className="flex h-full flex-col">
      <div className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b bg-surface px-3 py-1">
        <Segmented label={t('raw.which')} value={which} onChange={setWhich} options={[{ key: 'all', label: t('raw.all') }, { key: 'raw', label: t('raw.frames', { count: frames }) }]} />
        <span className="text-2xs text-muted">{t(which === 'raw' ? 'raw.framesText' : 'raw.allText')}</span>
      </div>
      <div className="min-h-0 flex-1">
        {which === 'raw' && frames === 0 ? (
          <EmptyState icon={<FileWarning />} title={t('raw.none')}>
            {t('raw.noneText')}
          </EmptyState>
        ) : (
          <EventList
            found={found}
            label={t('view.raw')}
            rowHeight={ROW}
            live={live}
            chosen={selection.event}
            onChoose={(seq) => {
              const event = events[seq - 1];
              selection.choose((event && stepOf(event)) ?? selection.step, seq);
            }}
            onOpen={onOpen}
            row={(at) => {
              const event = events[found.rows[at]?.first ?? -1];
              return event && <RawLine event={event} frame={which === 'raw'} />;
            }}
          />
        )}
      </div>
    </div>
  );
}

const RawLine = memo(function RawLine({ event, frame }: { event: StreamEvent; frame: boolean }) {
  const text = frame && event.type === 'raw' ? event.data.frame : JSON.stringify(event);
  return (
    <>
      <span dir="ltr" className="w-10 shrink-0 text-end font-mono text-2xs text-faint tabular-nums">
        {event.seq}
      </span>
      <code dir="ltr" className="min-w-0 flex-1 truncate text-start font-mono text-2xs">
        {text.slice(0, MOST)}
      </code>
    </>
  );
});
