import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { KeyRound, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import { keys, tokensQuery } from '@/api/queries';
import type { Schemas } from '@/api/types';
import { toast } from '@/lib/toasts';
import { Ago, Button, Card, ConfirmDialog, IconButton, Problem, SkeletonRows } from '@/ui';
import { NewTokenDialog } from './new-token-dialog';
import { Section } from './section';

type Token = Schemas['ApiToken'];

/** Who may use the hub: programs and browsers. Only what a token is for is kept, and its hash. */
export function Tokens() {
  const { t } = useTranslation('settings');
  const query = useQuery(tokensQuery);
  const [making, setMaking] = useState(false);
  const [leaving, setLeaving] = useState<Token>();
  const newest = query.data?.toSorted((a, b) => b.created_at.localeCompare(a.created_at));
  return (
    <Section
      title={t('tokens')}
      text={t('tokensText')}
      action={
        <Button icon={<Plus className="size-4" />} onClick={() => setMaking(true)}>
          {t('newToken')}
        </Button>
      }
    >
      {query.isError && !query.data && <Problem error={query.error} onRetry={() => void query.refetch()} />}
      <Card className="overflow-hidden">
        {query.isPending && <SkeletonRows rows={2} />}
        {newest?.length === 0 && <p className="p-4 text-sm text-muted">{t('noTokens')}</p>}
        <ul className="divide-y">
          {newest?.map((token) => (
            <li key={token.id} className="flex min-w-0 items-center gap-3 px-4 py-2">
              <KeyRound aria-hidden className="size-4 shrink-0 text-faint" />
              <bdi className="min-w-0 flex-1 truncate text-sm" title={token.name}>
                {token.name}
              </bdi>
              <span className="flex shrink-0 flex-wrap justify-end gap-x-3 text-xs text-faint">
                <span>{token.last_used_at ? <>{t('lastUsed')} <Ago at={token.last_used_at} /></> : t('neverUsed')}</span>
                <span className="max-sm:hidden">
                  {t('made')} <Ago at={token.created_at} />
                </span>
              </span>
              <IconButton label={t('deleteToken', { name: token.name })} size="sm" onClick={() => setLeaving(token)}>
                <Trash2 className="size-3.5" />
              </IconButton>
            </li>
          ))}
        </ul>
      </Card>
      <NewTokenDialog open={making} onClose={() => setMaking(false)} />
      <DeleteToken token={leaving} onClose={() => setLeaving(undefined)} />
    </Section>
  );
}

function DeleteToken({ token, onClose }: { token: Token | undefined; onClose: () => void }) {
  const { t } = useTranslation('settings');
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: (id: string) => api.DELETE('/api/v1/tokens/{id}', { params: { path: { id } } }),
    onSuccess: () => {
      toast({ tone: 'ok', text: t('deleted', { name: token?.name }) });
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.tokens }),
  });
  return (
    <ConfirmDialog
      open={token !== undefined}
      onClose={onClose}
      title={t('deleteToken', { name: token?.name })}
      action={t('delete')}
      danger
      busy={remove.isPending}
      onConfirm={() => token && remove.mutate(token.id)}
    >
      {t('deleteTokenText')}
      {remove.isError && <Problem error={remove.error} className="mt-3" />}
    </ConfirmDialog>
  );
}
