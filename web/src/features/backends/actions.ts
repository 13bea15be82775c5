import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, body } from '@/api/client';
import { asProblem } from '@/api/problem';
import { keys } from '@/api/queries';
import type { Backend, BackendChange, ConnectionReport, NewBackend } from '@/api/types';
import { toast } from '@/lib/toasts';

/** What can be done with backends. Each reads the lists again when it is done. */
export function useBackendActions() {
  const { t } = useTranslation('backends');
  const client = useQueryClient();
  const stale = async () => {
    await client.invalidateQueries({ queryKey: keys.backends });
    void client.invalidateQueries({ queryKey: keys.workflows });
    void client.invalidateQueries({ queryKey: keys.tools });
  };
  const complain = (error: unknown) => {
    const problem = asProblem(error);
    toast({ tone: 'bad', text: problem.message, detail: problem.hint });
  };

  const test = useMutation({
    mutationFn: ({ id }: Backend): Promise<ConnectionReport> => body(api.POST('/api/v1/backends/{id}/test', at(id))),
    onSettled: stale,
    onError: complain,
  });
  const discover = useMutation({
    mutationFn: ({ id }: Backend) => body(api.POST('/api/v1/backends/{id}/discover', at(id))),
    onSuccess: (report, { name }) => {
      const text = t('discovered', { name, workflows: report.workflows.length, tools: report.tools.length });
      toast({ tone: 'ok', text });
    },
    onSettled: stale,
    onError: complain,
  });
  const setEnabled = useMutation({
    mutationFn: ({ backend, enabled }: { backend: Backend; enabled: boolean }) =>
      body(api.PATCH('/api/v1/backends/{id}', { ...at(backend.id), body: { enabled } })),
    onSettled: stale,
    onError: complain,
  });
  const signOut = useMutation({
    mutationFn: ({ id }: Backend) => api.DELETE('/api/v1/backends/{id}/sign-in', at(id)),
    onSuccess: (_, { name }) => toast({ tone: 'ok', text: t('signIn.forgotten', { name }) }),
    onSettled: stale,
    onError: complain,
  });
  const remove = useMutation({
    mutationFn: ({ id }: Backend) => api.DELETE('/api/v1/backends/{id}', at(id)),
    onSuccess: (_, { name }) => toast({ tone: 'ok', text: t('removed', { name }) }),
    onSettled: stale,
    onError: complain,
  });
  return { test, discover, setEnabled, signOut, remove };
}

/** Calls of the form: failures are shown in the form, so nobody complains here. */
export function useSaving() {
  const client = useQueryClient();
  const stale = () => client.invalidateQueries({ queryKey: keys.backends });
  const testNew = useMutation({
    mutationFn: (backend: NewBackend): Promise<ConnectionReport> => body(api.POST('/api/v1/backends/test', { body: backend })),
  });
  const add = useMutation({
    mutationFn: (backend: NewBackend) => body(api.POST('/api/v1/backends', { body: backend })),
    onSuccess: stale,
  });
  const testChange = useMutation({
    mutationFn: ({ id, change }: { id: string; change: BackendChange }): Promise<ConnectionReport> =>
      body(api.POST('/api/v1/backends/{id}/test-change', { ...at(id), body: change })),
  });
  const change = useMutation({
    mutationFn: ({ id, change }: { id: string; change: BackendChange }) =>
      body(api.PATCH('/api/v1/backends/{id}', { ...at(id), body: change })),
    onSuccess: stale,
  });
  return { testNew, add, testChange, change };
}

const at = (id: string) => ({ params: { path: { id } } });
