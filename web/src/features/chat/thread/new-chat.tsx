import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { PanelLeft } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useCommands } from '@/lib/commands';
import { useStore } from '@/lib/store';
import { IconButton, Problem } from '@/ui';
import { Composer } from '../composer/composer';
import { draftOf, NEW_CHAT } from '../state/drafts';
import { beginConversation, send } from '../state/send';
import { lastTargets } from '../state/targets';
import { Suggestions } from './suggestions';

/** A chat that has not begun. */
export function NewChat({ workflow, onList }: { workflow?: string; onList: () => void }) {
  const { t } = useTranslation('chat');
  const navigate = useNavigate();
  const store = draftOf(NEW_CHAT);
  const draft = useStore(store);
  const box = useRef<HTMLTextAreaElement>(null);
  const targets = draft.targets ?? (workflow ? [{ workflow }] : lastTargets());
  const begin = useMutation({
    mutationFn: () => beginConversation(draft),
    onSuccess: (id) => {
      send(id, draft, targets);
      void navigate({ to: '/chat/$id', params: { id }, replace: true });
    },
  });
  useEffect(() => {
    if (!matchMedia('(pointer: coarse)').matches) box.current?.focus();
  }, []);
  useCommands([{ id: 'chat.write', title: t('write'), group: t('title'), keys: '/', run: () => box.current?.focus() }]);
  return (
    <div className="flex min-h-0 min-w-0 flex-1 flex-col overflow-y-auto">
      <div className="p-2 lg:hidden">
        <IconButton label={t('conversations')} onClick={onList}>
          <PanelLeft className="size-4 rtl:-scale-x-100" />
        </IconButton>
      </div>
      <div className="mx-auto flex w-full max-w-3xl flex-1 flex-col justify-center gap-5 px-4 py-8 md:px-6">
        <h1 className="text-center text-xl font-semibold">{t('welcome')}</h1>
        {begin.error && <Problem error={begin.error} />}
        <Composer
          ref={box}
          draft={draft}
          targets={targets}
          busy={begin.isPending}
          onChange={(change) => store.set((now) => ({ ...now, ...change }))}
          onRecall={() => undefined}
          onSend={() => begin.mutate()}
        />
        <Suggestions
          chosen={targets}
          onChoose={(target) => {
            store.set((now) => ({ ...now, targets: [target] }));
            box.current?.focus();
          }}
        />
      </div>
    </div>
  );
}
