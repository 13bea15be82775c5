import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, body } from '@/api/client';
import { keys, toolQuery } from '@/api/queries';
import { toast } from '@/lib/toasts';
import { Button, Dialog, Problem } from '@/ui';
import type { ToolView } from '../queries';
import { around, canonical, diffLines } from './diff';
import { DiffView } from './diff-view';

/** What changed since somebody accepted the tool, and the button to accept it as it is now. */
export function AcceptDialog({ tool, open, onClose }: { tool: ToolView; open: boolean; onClose: () => void }) {
  const { t } = useTranslation(['tools', 'common']);
  const client = useQueryClient();
  const accept = useMutation({
    mutationFn: () => body(api.POST('/api/v1/tools/{id}/accept', { params: { path: { id: tool.id } } })),
    onSuccess: (now) => {
      client.setQueryData(toolQuery(tool.id).queryKey, now);
      void client.invalidateQueries({ queryKey: keys.tools });
      void client.invalidateQueries({ queryKey: keys.inbox });
      toast({ tone: 'ok', text: t('accepted', { name: tool.name }) });
      onClose();
    },
  });
  const footer = (
    <>
      <Button onClick={onClose}>{t('common:cancel')}</Button>
      <Button tone="primary" busy={accept.isPending} onClick={() => accept.mutate()}>
        {t('accept')}
      </Button>
    </>
  );
  return (
    <Dialog open={open} onClose={onClose} title={t('whatChanged')} description={t('whatChangedText', { name: tool.qualified_name })} footer={footer} size="xl">
      {accept.isError && <Problem error={accept.error} className="mb-3" />}
      {open && <DiffView parts={around(diffLines(canonical(tool.accepted), canonical(tool.definition)))} />}
    </Dialog>
  );
}
