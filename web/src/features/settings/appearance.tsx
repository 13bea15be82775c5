import { useTranslation } from 'react-i18next';
import { languages, setLanguage, type Language } from '@/i18n';
import { useStore } from '@/lib/store';
import { setTheme, theme } from '@/lib/theme';
import { Card, Segmented } from '@/ui';
import { Row, Section } from './section';

const names = Object.entries(languages) as [Language, string][];

/** How the page looks and speaks, in this browser. */
export function Appearance() {
  const { t, i18n } = useTranslation(['settings', 'common']);
  const chosen = useStore(theme);
  return (
    <Section title={t('appearance')} text={t('appearanceText')}>
      <Card className="divide-y">
        <Row name={t('common:theme.label')}>
          <Segmented
            label={t('common:theme.label')}
            options={(['system', 'light', 'dark'] as const).map((key) => ({ key, label: t(`common:theme.${key}`) }))}
            value={chosen}
            onChange={setTheme}
          />
        </Row>
        <Row name={t('common:language')}>
          <Segmented
            label={t('common:language')}
            options={names.map(([key, name]) => ({ key, label: <bdi lang={key}>{name}</bdi> }))}
            value={i18n.language as Language}
            onChange={(next) => void setLanguage(next)}
          />
        </Row>
      </Card>
    </Section>
  );
}
