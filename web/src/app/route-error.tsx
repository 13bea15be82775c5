import { Link, useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { Compass, RefreshCw, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { HubProblem } from '@/api/problem';
import { Button, buttonClass, CodeBlock, EmptyState, Problem } from '@/ui';

/** A chunk that is not there any more: the hub was updated under an open page. */
const isMissingChunk = (error: unknown) =>
  error instanceof Error && /dynamically imported module|module script failed|error loading/i.test(error.message);

/** One page failed; frame and other pages go on. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  const router = useRouter();
  const again = () => {
    reset();
    void router.invalidate();
  };
  if (error instanceof HubProblem) return <Problem error={error} onRetry={again} className="m-6" />;
  if (isMissingChunk(error)) {
    const reload = (
      <Button tone="primary" onClick={() => location.reload()}>
        {t('problem.reload')}
      </Button>
    );
    return (
      <EmptyState heading="h1" icon={<RefreshCw />} title={t('problem.update')} action={reload}>
        {t('problem.updateText')}
      </EmptyState>
    );
  }
  return (
    <EmptyState heading="h1" icon={<TriangleAlert />} title={t('problem.page')} action={<Button onClick={again}>{t('retry')}</Button>}>
      <p>{t('problem.pageText')}</p>
      <CodeBlock code={error instanceof Error ? error.message : String(error)} wrap className="mt-3 text-start" />
    </EmptyState>
  );
}

export function NotFound() {
  const { t } = useTranslation();
  const home = (
    <Link to="/" className={buttonClass('plain')}>
      {t('problem.home')}
    </Link>
  );
  return (
    <EmptyState heading="h1" icon={<Compass />} title={t('problem.notFound')} action={home}>
      {t('problem.notFoundText')}
    </EmptyState>
  );
}
