import { useTranslation } from 'react-i18next';
import { useAllCommands } from '@/lib/commands';
import { Card, Kbd } from '@/ui';
import { Section } from './section';

/** The keys that work on every page; others are told where they work. */
export function Keys() {
  const { t } = useTranslation(['settings', 'common']);
  const commands = useAllCommands();
  const keyed = [...new Map(commands.map((command) => [command.id, command])).values()].filter((command) => command.keys);
  return (
    <Section title={t('common:shortcuts.title')} text={t('keysText')}>
      <Card>
        <dl className="grid gap-x-8 px-4 py-2 sm:grid-cols-2">
          {keyed.map((command) => (
            <div key={command.id} className="flex min-h-9 items-center justify-between gap-3 text-sm">
              <dt className="min-w-0 truncate">{command.title}</dt>
              <dd>
                <Kbd keys={command.keys ?? ''} />
              </dd>
            </div>
          ))}
        </dl>
      </Card>
    </Section>
  );
}
