import { Search } from 'lucide-react';
import { Fragment, useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { cn } from '@/lib/cn';
import { useAllCommands, type Command } from '@/lib/commands';
import { useStore } from '@/lib/store';
import { Kbd, useModal } from '@/ui';
import { useDataCommands } from './data-commands';
import { matching } from './match';
import { closeFrameDialog, frameDialog } from './state';

const MOST = 60;

/** Everything that can be done here and gone to, by typing. */
export function Palette() {
  const open = useStore(frameDialog) === 'palette';
  return open ? <Open /> : null;
}

function Open() {
  const { t } = useTranslation();
  const id = useId();
  const ref = useModal(true);
  const list = useRef<HTMLDivElement>(null);
  const [search, setSearch] = useState('');
  const [chosen, setChosen] = useState(0);
  const commands = useAllCommands();
  const data = useDataCommands();
  const offered = [...new Map(commands.filter((command) => !command.hidden).map((command) => [command.id, command])).values()];
  // What the hub has would bury the commands as long as nothing is looked for.
  const found = matching(search.trim() ? [...offered, ...data] : offered, search).slice(0, MOST);

  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen, search]);

  const give = (command: Command | undefined) => {
    if (!command) return;
    closeFrameDialog();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setChosen((at) => (at + step + found.length) % Math.max(found.length, 1));
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault();
      give(found[chosen]);
    }
  };

  return (
    <dialog
      ref={ref}
      aria-label={t('palette.open')}
      onCancel={(event) => {
        event.preventDefault();
        closeFrameDialog();
      }}
      onMouseDown={(event) => event.target === event.currentTarget && closeFrameDialog()}
      className="mt-[12dvh] w-[calc(100%-2rem)] max-w-xl overflow-hidden rounded-xl border bg-raised p-0 text-ink shadow-pop"
    >
      <div className="flex items-center gap-2.5 border-b px-4">
        <Search aria-hidden className="size-4 shrink-0 text-faint" />
        <input
          autoFocus
          role="combobox"
          aria-expanded
          aria-controls={id}
          aria-activedescendant={found[chosen] && `${id}-${chosen}`}
          aria-label={t('palette.placeholder')}
          placeholder={t('palette.placeholder')}
          autoComplete="off"
          spellCheck={false}
          value={search}
          onChange={(event) => {
            setSearch(event.target.value);
            setChosen(0);
          }}
          onKeyDown={onKeyDown}
          className="h-12 min-w-0 flex-1 bg-transparent text-base outline-none"
        />
      </div>
      <div ref={list} id={id} role="listbox" aria-label={t('palette.results')} className="max-h-[50dvh] overflow-y-auto p-1.5">
        {found.map((command, at) => (
          <Fragment key={command.id}>
            {!search && command.group !== found[at - 1]?.group && (
              <div role="presentation" className="px-2.5 pt-2 pb-1 text-2xs font-medium text-faint">
                {command.group}
              </div>
            )}
            <div
              id={`${id}-${at}`}
              role="option"
              aria-selected={at === chosen}
              onMouseMove={() => setChosen(at)}
              onClick={() => give(command)}
              className={cn('flex min-h-9 cursor-pointer items-center gap-3 rounded-md px-2.5 text-sm', at === chosen && 'bg-hover')}
            >
              <span dir="auto" className="min-w-0 flex-1 truncate rtl:text-right">
                {command.title}
              </span>
              {search && <span className="shrink-0 text-xs text-faint">{command.group}</span>}
              {command.keys && <Kbd keys={command.keys} />}
            </div>
          </Fragment>
        ))}
        {found.length === 0 && <p className="px-3 py-6 text-center text-sm text-muted">{t('palette.none', { text: search })}</p>}
      </div>
    </dialog>
  );
}
