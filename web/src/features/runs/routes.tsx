import { useTranslation } from 'react-i18next';
import { PageHeader } from '@/ui';

export function RunsPage() {
  const { t } = useTranslation();
  return <PageHeader title={t('nav.runs')} description={t('soon')} />;
}

export function RunPage() {
  const { t } = useTranslation();
  return <PageHeader title={t('nav.runs')} description={t('soon')} />;
}
