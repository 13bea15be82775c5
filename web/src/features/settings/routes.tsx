import { useTranslation } from 'react-i18next';
import { PageHeader } from '@/ui';

export function SettingsPage() {
  const { t } = useTranslation();
  return <PageHeader title={t('nav.settings')} description={t('soon')} />;
}
