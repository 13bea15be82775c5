import { Eraser } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatBytes } from '@/lib/format';
import { forgetAll, rememberedBytes } from '@/lib/storage';
import { toast } from '@/lib/toasts';
import { Button, ConfirmDialog } from '@/ui';
import { Section } from './section';

/** What this browser keeps for the page. All else is in the hub. */
export function Remembered() {
  const { t, i18n } = useTranslation('settings');
  const [asking, setAsking] = useState(false);
  const [bytes, setBytes] = useState(rememberedBytes);
  const forget = () => {
    forgetAll();
    setBytes(rememberedBytes());
    setAsking(false);
    toast({ tone: 'ok', text: t('forgotten') });
  };
  return (
    <Section
      title={t('remembered')}
      text={t('rememberedText', { size: formatBytes(bytes, i18n.language) })}
      action={
        <Button icon={<Eraser className="size-4" />} disabled={bytes === 0} onClick={() => setAsking(true)}>
          {t('forget')}
        </Button>
      }
    >
      <ConfirmDialog open={asking} onClose={() => setAsking(false)} title={t('forget')} action={t('forget')} danger onConfirm={forget}>
        {t('forgetText')}
      </ConfirmDialog>
    </Section>
  );
}
