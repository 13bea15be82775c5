import { useNavigate } from '@tanstack/react-router';
import { Copy, MoreHorizontal, PanelLeft, PenLine, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { copyText } from '@/lib/clipboard';
import { useCommands } from '@/lib/commands';
import { toast } from '@/lib/toasts';
import { IconButton, Menu, Skeleton } from '@/ui';
import { RemoveDialog } from '../list/remove-dialog';
import { RenameDialog } from '../list/rename-dialog';
import { asMarkdown } from './as-markdown';
import type { ShownTurn } from './use-turns';

interface ThreadHeadProps {
  id: string;
  title: string | undefined;
  turns: readonly ShownTurn[];
  onList: () => void;
}

/** Which conversation this is, and what can be done with it. */
export function ThreadHead({ id, title, turns, onList }: ThreadHeadProps) {
  const { t } = useTranslation(['chat', 'common']);
  const navigate = useNavigate();
  const [asked, setAsked] = useState<'rename' | 'remove'>();
  const copy = async () => {
    const done = await copyText(asMarkdown(title ?? '', turns, { you: t('chat:you') }));
    toast(done ? { tone: 'ok', text: t('common:copied') } : { tone: 'bad', text: t('common:copyFailed') });
  };
  const actions = [
    { key: 'rename', label: t('chat:rename'), icon: PenLine, run: () => setAsked('rename') },
    { key: 'copy', label: t('chat:copyConversation'), icon: Copy, run: () => void copy() },
    { key: 'remove', label: t('chat:remove'), icon: Trash2, danger: true, run: () => setAsked('remove') },
  ];
  useCommands(actions.map(({ key, label, run }) => ({ id: `chat.${key}`, title: label, group: t('chat:actions'), run })));
  return (
    <header className="flex h-12 shrink-0 items-center gap-2 border-b bg-surface ps-2 pe-3 lg:ps-6">
      <IconButton label={t('chat:conversations')} onClick={onList} className="lg:hidden">
        <PanelLeft className="size-4 rtl:-scale-x-100" />
      </IconButton>
      <h1 dir="auto" className="min-w-0 flex-1 truncate text-base font-semibold">
        {title === undefined ? <Skeleton className="h-4 w-48" /> : title || t('chat:untitled')}
      </h1>
      <Menu
        label={t('chat:actions')}
        items={actions.map(({ key, label, icon: Icon, danger, run }) => ({ key, label, danger, icon: <Icon aria-hidden className="size-4" />, onSelect: run }))}
        trigger={(props) => (
          <IconButton {...props} label={t('chat:actions')}>
            <MoreHorizontal className="size-4" />
          </IconButton>
        )}
      />
      {asked === 'rename' && <RenameDialog id={id} title={title ?? ''} onClose={() => setAsked(undefined)} />}
      {asked === 'remove' && <RemoveDialog id={id} title={title ?? ''} onClose={() => setAsked(undefined)} onRemoved={() => void navigate({ to: '/chat', replace: true })} />}
    </header>
  );
}
