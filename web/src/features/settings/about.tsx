import { useQuery } from '@tanstack/react-query';
import { FileJson, Scale } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { hubPath } from '@/lib/base';
import { Button, buttonClass, Card } from '@/ui';
import { figuresQuery } from './hub-figures';
import { LicencesDialog } from './licences-dialog';
import { Row, Section } from './section';

/** Which hub this is, and whose work it is made of. */
export function About() {
  const { t } = useTranslation('settings');
  const figures = useQuery(figuresQuery);
  const version = figures.data?.find((sample) => sample.name === 'jackfield_build_info')?.labels.version;
  const [open, setOpen] = useState(false);
  return (
    <Section title={t('about')}>
      <Card className="divide-y">
        <Row name="Jackfield">
          <code dir="ltr" className="font-mono text-xs text-muted">
            {version ?? '–'}
          </code>
        </Row>
        <Row name={t('licence')}>
          <span className="text-sm text-muted">Apache-2.0</span>
        </Row>
        <Row name={t('api')}>
          <a href={hubPath('/api/v1/openapi.json')} target="_blank" rel="noreferrer" className={buttonClass('plain', 'sm')}>
            <FileJson className="size-3.5" />
            {t('apiDocument')}
          </a>
        </Row>
        <Row name={t('thirdParties')}>
          <Button size="sm" icon={<Scale className="size-3.5" />} onClick={() => setOpen(true)}>
            {t('showLicences')}
          </Button>
        </Row>
      </Card>
      <LicencesDialog open={open} onClose={() => setOpen(false)} />
    </Section>
  );
}
