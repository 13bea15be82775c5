import { Bookmark, BookmarkPlus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { toast } from '@/lib/toasts';
import { Button, Dialog, Field, IconButton, Input, Menu } from '@/ui';
import { forgetCall, saveCall, savedCalls } from './saved';

export interface SavedMenuProps {
  tool: string;
  value: unknown;
  onLoad: (value: unknown) => void;
}

/** Calls that this browser keeps: take one up again, keep this one, throw one away. */
export function SavedMenu({ tool, value, onLoad }: SavedMenuProps) {
  const { t } = useTranslation(['tools', 'common']);
  const [calls, setCalls] = useState(() => savedCalls(tool));
  const [dialog, setDialog] = useState<'save' | 'tidy'>();
  const [name, setName] = useState('');
  const begin = () => {
    setName('');
    setDialog('save');
  };
  const save = () => {
    setCalls(saveCall(tool, name.trim(), value ?? {}));
    setDialog(undefined);
    toast({ tone: 'ok', text: t('saved', { name: name.trim() }) });
  };
  return (
    <>
      <Menu
        label={t('savedCalls')}
        trigger={(props) => (
          <Button {...props} size="sm" tone="ghost" icon={<Bookmark className="size-3.5" />}>
            {t('savedCalls')}
          </Button>
        )}
        items={[
          ...calls.map((call) => ({ key: `call ${call.name}`, label: <bdi>{call.name}</bdi>, onSelect: () => onLoad(call.arguments) })),
          ...(calls.length > 0 ? [null] : []),
          { key: 'save', label: t('saveThis'), icon: <BookmarkPlus className="size-4" />, onSelect: begin },
          ...(calls.length > 0 ? [{ key: 'tidy', label: t('tidy'), icon: <Trash2 className="size-4" />, onSelect: () => setDialog('tidy') }] : []),
        ]}
      />
      <Dialog
        open={dialog === 'save'}
        onClose={() => setDialog(undefined)}
        title={t('saveThis')}
        description={t('savedText')}
        size="sm"
        footer={
          <>
            <Button onClick={() => setDialog(undefined)}>{t('common:cancel')}</Button>
            <Button tone="primary" type="submit" form="save-call">
              {t('common:save')}
            </Button>
          </>
        }
      >
        <form
          id="save-call"
          onSubmit={(event) => {
            event.preventDefault();
            save();
          }}
        >
          <Field label={t('nameOfCall')}>{(control) => <Input {...control} required autoFocus maxLength={80} value={name} onChange={(event) => setName(event.target.value)} />}</Field>
        </form>
      </Dialog>
      <Dialog open={dialog === 'tidy'} onClose={() => setDialog(undefined)} title={t('savedCalls')} size="sm">
        <ul className="flex flex-col gap-1">
          {calls.map((call) => (
            <li key={call.name} className="flex items-center gap-2">
              <bdi className="min-w-0 flex-1 truncate text-sm">{call.name}</bdi>
              <IconButton label={t('forget', { name: call.name })} size="sm" onClick={() => setCalls(forgetCall(tool, call.name))}>
                <Trash2 className="size-3.5" />
              </IconButton>
            </li>
          ))}
        </ul>
      </Dialog>
    </>
  );
}
