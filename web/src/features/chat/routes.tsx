import { useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { ConversationList } from './list/conversation-list';
import { ListDrawer } from './list/list-drawer';
import type { ChatSearch } from './search';
import { ConversationPane } from './thread/conversation-pane';
import { NewChat } from './thread/new-chat';

/** The chat: conversations at the side, one of them or a new one in the middle. */
export function ChatPage() {
  const { id } = useParams({ strict: false });
  const { workflow, run }: ChatSearch = useSearch({ strict: false });
  const [drawer, setDrawer] = useState(false);
  return (
    <div className="flex min-h-0 flex-1">
      <aside className="hidden w-64 shrink-0 flex-col border-e bg-canvas lg:flex">
        <ConversationList current={id} />
      </aside>
      {id === undefined ? <NewChat key={workflow ?? ''} workflow={workflow} onList={() => setDrawer(true)} /> : <ConversationPane key={id} id={id} run={run} onList={() => setDrawer(true)} />}
      <ListDrawer open={drawer} onClose={() => setDrawer(false)} current={id} />
    </div>
  );
}
