import { useTranslation } from 'react-i18next';
import { useAllCommands } from '@/lib/commands';
import { useStore } from '@/lib/store';
import { Dialog, Kbd } from '@/ui';
import { closeFrameDialog, frameDialog } from './state';

/** All keys that do something now. */
export function Shortcuts() {
  const { t } = useTranslation();
  const open = useStore(frameDialog) === 'shortcuts';
  const commands = useAllCommands();
  const keyed = [...new Map(commands.filter((command) => command.keys).map((command) => [command.id, command])).values()];
  const groups = [...Map.groupBy(keyed, (command) => command.group)];
  return (
    <Dialog open={open} onClose={closeFrameDialog} title={t('shortcuts.title')} description={t('shortcuts.then')}>
      <div className="flex flex-col gap-5">
        {groups.map(([group, members]) => (
          <section key={group}>
            <h3 className="mb-1.5 text-xs font-medium text-faint">{group}</h3>
            <dl className="divide-y rounded-md border">
              {members.map((command) => (
                <div key={command.id} className="flex items-center gap-3 px-3 py-1.5 text-sm">
                  <dt className="min-w-0 flex-1">{command.title}</dt>
                  <dd>
                    <Kbd keys={command.keys ?? ''} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
