import { useTranslation } from 'react-i18next';
import { PageBody, PageHeader } from '@/ui';
import { About } from './about';
import { Appearance } from './appearance';
import { Data } from './data';
import { Figures } from './figures';
import { Keys } from './keys';
import { Remembered } from './remembered';
import { SignInLink } from './sign-in-link';
import { Tokens } from './tokens';

export function SettingsPage() {
  const { t } = useTranslation();
  return (
    <>
      <PageHeader title={t('nav.settings')} />
      <PageBody narrow className="flex flex-col gap-10">
        <Appearance />
        <Tokens />
        <SignInLink />
        <Data />
        <Figures />
        <Remembered />
        <Keys />
        <About />
      </PageBody>
    </>
  );
}
