import { Copy, MoreHorizontal, PanelLeft } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { copyText } from '@/lib/clipboard';
import { toast } from '@/lib/toasts';
import { IconButton, Menu, Skeleton } from '@/ui';
import { asMarkdown } from './as-markdown';
import type { ShownTurn } from './use-turns';

interface ThreadHeadProps {
  id: string;
  title: string | undefined;
  turns: readonly ShownTurn[];
  onList: () => void;
}

/** Which conversation this is, and what can be done with it. */
export function ThreadHead({ title, turns, onList }: ThreadHeadProps) {
  const { t } = useTranslation(['chat', 'common']);
  const copy = async () => {
    const done = await copyText(asMarkdown(title ?? '', turns, { you: t('chat:you') }));
    toast(done ? { tone: 'ok', text: t('common:copied') } : { tone: 'bad', text: t('common:copyFailed') });
  };
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
        items={[{ key: 'copy', label: t('chat:copyConversation'), icon: <Copy aria-hidden className="size-4" />, onSelect: () => void copy() }]}
        trigger={(props) => (
          <IconButton {...props} label={t('chat:actions')}>
            <MoreHorizontal className="size-4" />
          </IconButton>
        )}
      />
    </header>
  );
}
