import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Conversation } from '@/api/types';
import { cn } from '@/lib/cn';
import { Dot } from '@/ui';

interface ConversationItemProps {
  conversation: Conversation;
  current: boolean;
  state: 'running' | 'waiting' | undefined;
  onGo?: () => void;
}

/** One conversation of the list, with a dot while something goes on in it. */
export function ConversationItem({ conversation, current, state, onGo }: ConversationItemProps) {
  const { t } = useTranslation('chat');
  const { id, title } = conversation;
  return (
    <li>
      <Link
        to="/chat/$id"
        params={{ id }}
        onClick={onGo}
        aria-current={current ? 'page' : undefined}
        className={cn('flex min-h-8 items-center gap-2 rounded-md px-2.5 text-sm -outline-offset-2', current ? 'bg-hover font-medium' : 'text-muted hover:bg-hover hover:text-ink')}
      >
        <span dir="auto" className="min-w-0 flex-1 truncate">
          {title || t('untitled')}
        </span>
        {state && <Dot tone={state === 'waiting' ? 'warn' : 'info'} pulse={state === 'running'} label={t(`live.${state}`)} />}
      </Link>
    </li>
  );
}
