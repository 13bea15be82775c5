import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { MessageSquarePlus } from 'lucide-react';
import { useDeferredValue, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Conversation } from '@/api/types';
import { useNow } from '@/lib/now';
import { buttonClass, Problem, SearchInput, Skeleton } from '@/ui';
import { allConversationsQuery, foundConversationsQuery } from '../state/cache';
import { grouped } from './groups';
import { ConversationItem } from './conversation-item';
import { useLiveChats } from './use-live-chats';

const NONE: readonly Conversation[] = [];
/** Rows that are drawn at once. */
const PIECE = 80;

/** All conversations, those used last on top. */
export function ConversationList({ current, onGo }: { current: string | undefined; onGo?: () => void }) {
  const { t } = useTranslation('chat');
  const { data, error, refetch } = useQuery(allConversationsQuery);
  const [text, setText] = useState('');
  const [most, setMost] = useState(PIECE);
  const wanted = useDeferredValue(text.trim());
  const found = useQuery(foundConversationsQuery(wanted));
  const live = useLiveChats();
  const now = useNow();
  const fitting = (wanted === '' ? data : found.data) ?? NONE;
  const groups = useMemo(() => grouped(fitting.slice(0, most), now), [fitting, most, now]);
  return (
    <nav aria-label={t('conversations')} className="flex min-h-0 flex-1 flex-col">
      <div className="flex flex-col gap-2 p-3">
        <Link to="/chat" onClick={onGo} className={`${buttonClass('plain')} w-full`}>
          <MessageSquarePlus aria-hidden className="size-4" />
          {t('new')}
        </Link>
        {(data?.length ?? 0) > 5 && <SearchInput label={t('searchConversations')} value={text} onChange={(event) => setText(event.target.value)} />}
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto scroll-thin px-2 pb-3">
        {error && !data ? (
          <Problem error={error} onRetry={() => void refetch()} className="m-1" />
        ) : !data ? (
          <div role="status" aria-label={t('conversations')} className="flex flex-col gap-3 p-2">
            {Array.from({ length: 7 }, (_, at) => (
              <Skeleton key={at} className={at % 3 === 1 ? 'h-4 w-2/3' : 'h-4 w-4/5'} />
            ))}
          </div>
        ) : wanted !== '' && found.error ? (
          <Problem error={found.error} onRetry={() => void found.refetch()} className="m-1" />
        ) : fitting.length === 0 && !found.isFetching ? (
          <p className="px-2.5 py-2 text-xs text-faint">{t(data.length === 0 ? 'noConversations' : 'noneFits')}</p>
        ) : (
          groups.map(({ key, items }) => (
            <section key={key} aria-labelledby={`chats-${key}`} className="mb-2">
              <h2 id={`chats-${key}`} className="px-2.5 pt-2 pb-1 text-2xs font-medium text-faint">
                {t(`when.${key}`)}
              </h2>
              <ul className="flex flex-col gap-px">
                {items.map((conversation) => (
                  <ConversationItem key={conversation.id} conversation={conversation} current={conversation.id === current} state={live.get(conversation.id)} onGo={onGo} />
                ))}
              </ul>
            </section>
          ))
        )}
        {fitting.length > most && (
          <button type="button" onClick={() => setMost(most + PIECE)} className="min-h-6 px-2.5 text-xs text-accent hover:underline">
            {t('moreConversations', { count: fitting.length - most })}
          </button>
        )}
      </div>
    </nav>
  );
}
