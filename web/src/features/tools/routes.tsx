import { useTranslation } from 'react-i18next';
import { PageHeader } from '@/ui';

export function ToolsPage() {
  const { t } = useTranslation();
  return <PageHeader title={t('nav.tools')} description={t('soon')} />;
}

export function ToolPage() {
  const { t } = useTranslation();
  return <PageHeader title={t('nav.tools')} description={t('soon')} />;
}
