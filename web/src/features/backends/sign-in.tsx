import { useMutation } from '@tanstack/react-query';
import { ExternalLink, LogIn } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { api, body } from '@/api/client';
import { HubProblem } from '@/api/problem';
import type { Backend } from '@/api/types';
import { Button, buttonClass, Card, Problem, Spinner } from '@/ui';

/** Signs in at a peer: its page opens in a tab of its own, and the hub tells when it is done. */
export function SignIn({ backend }: { backend: Backend }) {
  const { t } = useTranslation('backends');
  const begin = useMutation({ mutationFn: () => beginSignIn(backend.id) });
  const start = () => {
    // Opened within the press: a browser blocks what comes later.
    const tab = window.open('about:blank');
    if (tab) tab.opener = null;
    begin.mutate(undefined, {
      onSuccess: (url) => tab?.location.replace(url),
      onError: () => tab?.close(),
    });
  };
  return (
    <Card className="flex flex-col gap-3 p-4">
      <p className="text-sm">{t('signIn.text')}</p>
      {begin.error && <Problem error={begin.error} />}
      {begin.data === undefined ? (
        <Button tone="primary" icon={<LogIn className="size-4 rtl:-scale-x-100" />} busy={begin.isPending} onClick={start} className="self-start">
          {t('signIn.action')}
        </Button>
      ) : (
        <div role="status" className="flex flex-wrap items-center gap-3 text-sm text-muted">
          <Spinner />
          {t('signIn.waiting')}
          <a href={begin.data} target="_blank" rel="noreferrer" className={buttonClass('plain', 'sm')}>
            <ExternalLink className="size-3.5" />
            {t('signIn.again')}
          </a>
        </div>
      )}
    </Card>
  );
}

async function beginSignIn(id: string): Promise<string> {
  const { url } = await body(api.POST('/api/v1/backends/{id}/sign-in', { params: { path: { id } }, body: {} }));
  // It comes from the peer's own description of itself.
  if (!/^https?:/i.test(url)) throw new HubProblem('bad_answer', 0, url);
  return url;
}
