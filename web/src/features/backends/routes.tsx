import { useTranslation } from 'react-i18next';
import { PageHeader } from '@/ui';

export function BackendsPage() {
  const { t } = useTranslation();
  return <PageHeader title={t('nav.backends')} description={t('soon')} />;
}

export function BackendPage() {
  const { t } = useTranslation();
  return <PageHeader title={t('nav.backends')} description={t('soon')} />;
}
