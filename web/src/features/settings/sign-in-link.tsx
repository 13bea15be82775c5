import { useMutation } from '@tanstack/react-query';
import { Link2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { api, body } from '@/api/client';
import { hubPath } from '@/lib/base';
import { Ago, Button, CodeBlock, Problem } from '@/ui';
import { Section } from './section';

/** A link that signs one other browser in. */
export function SignInLink() {
  const { t } = useTranslation('settings');
  const make = useMutation({ mutationFn: () => body(api.POST('/api/v1/sign-in')) });
  return (
    <Section
      title={t('device')}
      text={t('deviceText')}
      action={
        <Button icon={<Link2 className="size-4" />} busy={make.isPending} onClick={() => make.mutate()}>
          {t('makeLink')}
        </Button>
      }
    >
      {make.isError && <Problem error={make.error} />}
      {make.data && (
        <div role="status" className="flex flex-col gap-1.5">
          <CodeBlock code={`${location.origin}${hubPath(make.data.path)}`} wrap label={t('device')} />
          <p className="text-xs text-muted">
            {t('linkWorks')} <Ago at={make.data.expires_at} ahead />
          </p>
        </div>
      )}
    </Section>
  );
}
