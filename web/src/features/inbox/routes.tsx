import { useTranslation } from 'react-i18next';
import { PageHeader } from '@/ui';

export function InboxPage() {
  const { t } = useTranslation();
  return <PageHeader title={t('nav.inbox')} description={t('soon')} />;
}
