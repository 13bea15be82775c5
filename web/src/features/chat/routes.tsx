import { useTranslation } from 'react-i18next';
import { PageHeader } from '@/ui';

export function ChatPage() {
  const { t } = useTranslation();
  return <PageHeader title={t('nav.chat')} description={t('soon')} />;
}
