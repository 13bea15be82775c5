import { ArrowDown } from 'lucide-react';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cn } from '@/lib/cn';
import { IconButton } from '@/ui';
import { ThreadSkeleton } from './thread-skeleton';
import { TurnView, type TurnActions } from './turn-view';
import { useStickToEnd } from './stick';
import type { ShownTurn } from './use-turns';
import { WhenRead } from './when-read';

/** Turns that are drawn at first, and further ones when one reads up to them. */
const PIECE = 15;
/** The last turns, which are seen first: their logs are read before anything is shown. */
const SEEN = 3;

interface ThreadProps {
  turns: readonly ShownTurn[];
  actions: TurnActions;
  /** The run whose turn is to be seen first. */
  run?: string;
}

/** A conversation, its end first. */
export function Thread({ turns, actions, run }: ThreadProps) {
  const { t } = useTranslation('chat');
  const wanted = run === undefined ? -1 : turns.findIndex(({ lanes }) => lanes.some(({ runId }) => runId === run));
  const [most, setMost] = useState(() => Math.max(PIECE, wanted < 0 ? 0 : turns.length - wanted + 1));
  const [first] = useState(() => turns.slice(-SEEN).flatMap(({ lanes }) => lanes.flatMap(({ runId, run }) => (runId !== undefined && run ? [runId] : []))));
  const [read, setRead] = useState(first.length === 0);
  const onRead = useCallback(() => setRead(true), []);
  const { box, content, atEnd, toEnd, onScroll } = useStickToEnd();
  const from = Math.max(0, turns.length - most);
  const shown = turns.slice(from);

  useLayoutEffect(() => {
    if (!read) return;
    const turn = wanted < 0 ? null : document.getElementById(`turn-${run}`);
    if (turn) turn.scrollIntoView({ block: 'start' });
    else toEnd();
    // Once: from then on the reader scrolls.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [read]);

  // What is said from here is seen, wherever one was.
  const last = turns.at(-1);
  const said = useRef(last?.key);
  useEffect(() => {
    if (last?.sent && said.current !== last.key) toEnd();
    said.current = last?.key;
  }, [last, toEnd]);

  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      {!read && (
        <>
          <WhenRead ids={first} onRead={onRead} />
          <ThreadSkeleton />
        </>
      )}
      <div ref={box} onScroll={onScroll} tabIndex={-1} className={cn('min-h-0 flex-1 overflow-y-auto outline-none', !read && 'invisible absolute inset-0')}>
        <div ref={content} className="flex min-h-full flex-col gap-8 py-6">
          {from > 0 && <Earlier count={from} box={box} onMore={() => setMost(most + PIECE)} />}
          {shown.map((turn, at) => (
            <div key={turn.key} id={turn.lanes[0]?.runId && `turn-${turn.lanes[0].runId}`}>
              <TurnView turn={turn} eager={at >= shown.length - SEEN} actions={actions} />
            </div>
          ))}
        </div>
      </div>
      {read && !atEnd && (
        <IconButton tone="plain" label={t('toEnd')} onClick={() => toEnd(true)} className="absolute bottom-3 left-1/2 -translate-x-1/2 rounded-full shadow-pop">
          <ArrowDown className="size-4" />
        </IconButton>
      )}
    </div>
  );
}

/** Draws earlier turns when one comes near, and keeps what is read where it is. */
function Earlier({ count, box, onMore }: { count: number; box: React.RefObject<HTMLDivElement | null>; onMore: () => void }) {
  const { t } = useTranslation('chat');
  const line = useRef<HTMLButtonElement>(null);
  const height = useRef<number>(undefined);
  const more = useRef(onMore);
  useEffect(() => {
    more.current = onMore;
  });
  useLayoutEffect(() => {
    if (box.current && height.current !== undefined) box.current.scrollBy({ top: box.current.scrollHeight - height.current, behavior: 'instant' });
    height.current = undefined;
  }, [count, box]);
  useEffect(() => {
    if (!line.current) return undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        // Where the browser holds what is read by itself, there is nothing to add.
        height.current = box.current && box.current.scrollTop < 2 ? box.current.scrollHeight : undefined;
        more.current();
      },
      { root: box.current, rootMargin: '600px 0px 0px' },
    );
    observer.observe(line.current);
    return () => observer.disconnect();
  }, [count, box]);
  return (
    <button ref={line} type="button" onClick={onMore} className="min-h-6 self-center text-xs text-muted hover:underline">
      {t('earlierTurns', { count })}
    </button>
  );
}
