import { Link } from '@tanstack/react-router';
import { SearchX, Workflow as WorkflowIcon } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button, buttonClass, EmptyState } from '@/ui';

/** Nothing to choose from, or nothing that fits. */
export function SelectorEmpty({ none, onReset }: { none: boolean; onReset: () => void }) {
  const { t } = useTranslation('workflows');
  if (none) {
    return (
      <EmptyState
        icon={<WorkflowIcon />}
        title={t('empty.title')}
        action={
          <Link to="/backends" className={buttonClass('primary')}>
            {t('empty.action')}
          </Link>
        }
      >
        {t('empty.text')}
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={<SearchX />} title={t('nothingFits')} action={<Button onClick={onReset}>{t('reset')}</Button>}>
      {t('nothingFitsText')}
    </EmptyState>
  );
}
