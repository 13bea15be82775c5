import { KeyRound, Link2, Terminal } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button, CodeBlock } from '@/ui';
import { Logo } from './shell/logo';

/** What a browser sees that the hub does not know. */
export function SignIn() {
  const { t } = useTranslation();
  return (
    <main className="flex min-h-full items-center justify-center overflow-y-auto p-4">
      <div className="w-full max-w-md rounded-xl border bg-surface p-6 shadow-card">
        <Logo className="size-9" />
        <h1 className="mt-4 text-xl font-semibold">{t('signIn.title')}</h1>
        <p className="mt-1 text-sm text-muted">{t('signIn.text')}</p>
        <ol className="mt-6 flex flex-col gap-5">
          <Way icon={<Link2 />} title={t('signIn.start')} text={t('signIn.startText')} />
          <Way icon={<Terminal />} title={t('signIn.command')} text={t('signIn.commandText')}>
            <CodeBlock code="jackfield token sign-in" className="mt-2" />
          </Way>
          <Way icon={<KeyRound />} title={t('signIn.other')} text={t('signIn.otherText')} />
        </ol>
        <Button tone="primary" className="mt-6 w-full" onClick={() => location.reload()}>
          {t('signIn.again')}
        </Button>
      </div>
    </main>
  );
}

function Way({ icon, title, text, children }: { icon: ReactNode; title: string; text: string; children?: ReactNode }) {
  return (
    <li className="flex gap-3">
      <span aria-hidden className="mt-0.5 flex size-7 shrink-0 items-center justify-center rounded-md bg-accent-soft text-accent [&_svg]:size-4">
        {icon}
      </span>
      <div className="min-w-0 flex-1">
        <h2 className="text-sm font-medium">{title}</h2>
        <p className="text-sm text-muted">{text}</p>
        {children}
      </div>
    </li>
  );
}
