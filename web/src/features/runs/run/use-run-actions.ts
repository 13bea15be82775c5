import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api, body } from '@/api/client';
import { asProblem } from '@/api/problem';
import type { Run, Schemas, StreamEvent } from '@/api/types';
import { keepDraft } from '@/features/tools';
import { copyText, saveFile } from '@/lib/clipboard';
import { toast } from '@/lib/toasts';

const failed = (error: unknown) => {
  const problem = asProblem(error);
  toast({ tone: 'bad', text: problem.title ?? problem.message, detail: [problem.title && problem.message, problem.hint].filter(Boolean).join(' ') });
};

const EFFECT_TONES: Record<Schemas['CancelEffect'], 'ok' | 'info' | 'bad'> = {
  stopped: 'ok',
  not_started: 'ok',
  already_ended: 'info',
  // The peer could not be stopped: that must not be missed.
  goes_on: 'bad',
};

/** What can be done with a run. */
export function useRunActions(run: Run | undefined) {
  const { t } = useTranslation('runs');
  const navigate = useNavigate();

  const again = useMutation({
    mutationFn: ({ workflow_id, entry, input }: Run) =>
      // Outside of its conversation: nobody said it there again.
      body(api.POST('/api/v1/runs', { body: { workflow_id, entry, input, backend: null, workflow: null, conversation_id: null } })),
    onSuccess: ({ id }) => void navigate({ to: '/runs/$id', params: { id } }),
    onError: failed,
  });

  const cancel = useMutation({
    mutationFn: ({ id }: Run) => body(api.POST('/api/v1/runs/{id}/cancel', { params: { path: { id } } })),
    onSuccess: ({ effect, message }) => toast({ tone: EFFECT_TONES[effect], text: t(`cancelled.${effect}`), detail: message }),
    onError: failed,
  });

  /** A tool call is made anew in the tool's own form, filled in: there it can be looked at first. */
  const callAgain = ({ id, tool_id, input }: Run) => {
    if (tool_id == null) return;
    keepDraft(tool_id, input.data ?? {});
    void navigate({ to: '/tools/$id', params: { id: tool_id }, search: { run: id } });
  };

  const copy = async (text: string, said: string) => {
    const done = await copyText(text);
    toast(done ? { tone: 'ok', text: said } : { tone: 'bad', text: t('copyFailed') });
  };

  return {
    again: run?.workflow_id == null ? undefined : () => again.mutate(run),
    callAgain: run?.tool_id == null ? undefined : () => callAgain(run),
    againBusy: again.isPending,
    cancel: run && (() => cancel.mutate(run)),
    cancelBusy: cancel.isPending,
    copyLink: () => void copy(location.href, t('linkCopied')),
    copyId: run && (() => void copy(run.id, t('idCopied'))),
    /** The log as it is kept: one event a line. */
    save: (events: readonly StreamEvent[]) => {
      const lines = new Blob(events.map((event) => `${JSON.stringify(event)}\n`));
      saveFile(`run-${run?.id ?? events[0]?.run_id ?? ''}.jsonl`, lines, 'application/jsonl');
    },
  };
}
